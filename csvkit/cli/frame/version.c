/* version.c - csvkit --version: the versions of csvkit and its libraries, for bug reports. */
#include "csvkit/cli/frame/frame.h"

#include <cjson/cJSON.h>
#include <csv.h>
#include <curl/curl.h>
#include <isa-l.h>
#include <libdeflate.h>
#include <openssl/crypto.h>
#include <zlib.h>

static const char *openssl_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

int cli_version(struct csvk_buf *out)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    return csvk_buf_printf(out,
                           "csvkit %s\n"
                           "zlib %s\nlibdeflate %s\nISA-L %d.%d.%d\ncJSON %s\nlibcsv %d.%d.%d\n"
                           "libcurl %s (%s)\nOpenSSL %s\nSIMD %s\n",
                           CSVK_VERSION, zlibVersion(), LIBDEFLATE_VERSION_STRING,
                           ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION, ISAL_PATCH_VERSION,
                           cJSON_Version(), CSV_MAJOR, CSV_MINOR, CSV_RELEASE,
                           curl != NULL ? curl->version : "not installed",
                           curl != NULL && curl->ssl_version != NULL ? curl->ssl_version : "no TLS",
                           openssl_version(), csvk_simd_name(csvk_simd_best()));
}

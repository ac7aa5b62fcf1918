/*
 * test_sigv4.c - the signer against the vectors that AWS publishes: its signature test suite
 * (service "service", header form) and the worked examples of the S3 documentation. Of the suite
 * two kinds are left out: paths that are normalized (S3 takes keys as they are, so does the signer;
 * the same paths "unnormalized" are here), and a header value over several lines, which is never
 * sent.
 */
#include "storage/http/sigv4.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct vector {
    const char *name, *method, *path, *query;
    const char *headers[8];
    const char *payload, *signature, *signed_names;
};

static const struct sigv4_key suite_key = {
    "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
static const struct sigv4_key s3_key = {
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};

#define HOST "Host:example.amazonaws.com"
#define DATE "X-Amz-Date:20150830T123600Z"
static const struct vector suite_vectors[] = {
    {"get-vanilla",
     "GET",
     "/",
     "",
     {HOST, DATE},
     EMPTY,
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     "host;x-amz-date"},
    {"post-vanilla",
     "POST",
     "/",
     "",
     {HOST, DATE},
     EMPTY,
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
     "host;x-amz-date"},
    {"post-vanilla-query",
     "POST",
     "/",
     "Param1=value1",
     {HOST, DATE},
     EMPTY,
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
     "host;x-amz-date"},
    {"get-vanilla-query-order-key-case",
     "GET",
     "/",
     "Param2=value2&Param1=value1",
     {HOST, DATE},
     EMPTY,
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
     "host;x-amz-date"},
    {"get-vanilla-query-unreserved",
     "GET",
     "/",
     "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
     "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     {HOST, DATE},
     EMPTY,
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
     "host;x-amz-date"},
    {"get-vanilla-empty-query-key",
     "GET",
     "/",
     "Param1=value1",
     {HOST, DATE},
     EMPTY,
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
     "host;x-amz-date"},
    {"get-unreserved",
     "GET",
     "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     "",
     {HOST, DATE},
     EMPTY,
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
     "host;x-amz-date"},
    {"get-utf8",
     "GET",
     "/%E1%88%B4",
     "",
     {HOST, DATE},
     EMPTY,
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
     "host;x-amz-date"},
    {"get-header-key-duplicate",
     "GET",
     "/",
     "",
     {HOST, "My-Header1:value2", "My-Header1:value2", "My-Header1:value1", DATE},
     EMPTY,
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
     "host;my-header1;x-amz-date"},
    {"get-header-value-trim",
     "GET",
     "/",
     "",
     {HOST, "My-Header1: value1", "My-Header2: \"a   b   c\"", DATE},
     EMPTY,
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
     "host;my-header1;my-header2;x-amz-date"},
    {"post-header-key-sort",
     "POST",
     "/",
     "",
     {HOST, "My-Header1:value1", DATE},
     EMPTY,
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
     "host;my-header1;x-amz-date"},
    {"post-x-www-form-urlencoded",
     "POST",
     "/",
     "",
     {"Content-Type:application/x-www-form-urlencoded", HOST, DATE},
     "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
     "content-type;host;x-amz-date"},
    {"get-vanilla-query",
     "GET",
     "/",
     "",
     {HOST, DATE},
     EMPTY,
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     "host;x-amz-date"},
    {"get-vanilla-utf8-query",
     "GET",
     "/",
     "%E1%88%B4=bar",
     {HOST, DATE},
     EMPTY,
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
     "host;x-amz-date"},
    {"get-vanilla-query-order-encoded",
     "GET",
     "/",
     "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
     {HOST, DATE},
     EMPTY,
     "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
     "host;x-amz-date"},
    {"get-vanilla-with-session-token",
     "GET",
     "/",
     "",
     {HOST, DATE,
      "X-Amz-Security-Token:6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"},
     EMPTY,
     "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
     "host;x-amz-date;x-amz-security-token"},
    {"get-space-unnormalized",
     "GET",
     "/example%20space/",
     "",
     {HOST, DATE},
     EMPTY,
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
     "host;x-amz-date"},
    {"get-slash-unnormalized",
     "GET",
     "//",
     "",
     {HOST, DATE},
     EMPTY,
     "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e",
     "host;x-amz-date"},
    {"get-slashes-unnormalized",
     "GET",
     "//example//",
     "",
     {HOST, DATE},
     EMPTY,
     "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
     "host;x-amz-date"},
    {"get-slash-dot-slash-unnormalized",
     "GET",
     "/./",
     "",
     {HOST, DATE},
     EMPTY,
     "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145",
     "host;x-amz-date"},
    {"get-slash-pointless-dot-unnormalized",
     "GET",
     "/./example",
     "",
     {HOST, DATE},
     EMPTY,
     "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff",
     "host;x-amz-date"},
    {"get-relative-unnormalized",
     "GET",
     "/example/..",
     "",
     {HOST, DATE},
     EMPTY,
     "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282",
     "host;x-amz-date"},
    {"get-relative-relative-unnormalized",
     "GET",
     "/example1/example2/../..",
     "",
     {HOST, DATE},
     EMPTY,
     "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b",
     "host;x-amz-date"},
    {"get-header-value-order",
     "GET",
     "/",
     "",
     {HOST, "My-Header1:value4", "My-Header1:value1", "My-Header1:value3", "My-Header1:value2",
      DATE},
     EMPTY,
     "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
     "host;my-header1;x-amz-date"},
    {"post-header-key-case",
     "POST",
     "/",
     "",
     {HOST, DATE},
     EMPTY,
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
     "host;x-amz-date"},
    {"post-header-value-case",
     "POST",
     "/",
     "",
     {HOST, "My-Header1:VALUE1", DATE},
     EMPTY,
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
     "host;my-header1;x-amz-date"},
    {"post-sts-header-before",
     "POST",
     "/",
     "",
     {HOST, DATE,
      "X-Amz-Security-Token:AQoDYXdzEPT//////////"
      "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwth"
      "Ax7mSEI/qkPpKPi/"
      "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcH"
      "NVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
      "scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="},
     EMPTY,
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
     "host;x-amz-date;x-amz-security-token"},
    {"post-sts-header-after",
     "POST",
     "/",
     "",
     {HOST, DATE},
     EMPTY,
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
     "host;x-amz-date"},
    {"post-vanilla-empty-query-value",
     "POST",
     "/",
     "Param1=value1",
     {HOST, DATE},
     EMPTY,
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
     "host;x-amz-date"},
    {"post-x-www-form-urlencoded-parameters",
     "POST",
     "/",
     "",
     {"Content-Type:application/x-www-form-urlencoded; charset=utf-8", HOST, "Content-Length:13",
      "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
      DATE},
     "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
     "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
     "content-length;content-type;host;x-amz-content-sha256;x-amz-date"},
};

#define S3_HOST "Host: examplebucket.s3.amazonaws.com"
#define S3_DATE "x-amz-date: 20130524T000000Z"
#define WELCOME "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
static const struct vector s3_vectors[] = {
    {"get object",
     "GET",
     "/test.txt",
     "",
     {S3_HOST, "Range: bytes=0-9", "x-amz-content-sha256: " EMPTY, S3_DATE},
     EMPTY,
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
     "host;range;x-amz-content-sha256;x-amz-date"},
    {"put object",
     "PUT",
     "/test%24file.text",
     "",
     {S3_HOST, "Date: Fri, 24 May 2013 00:00:00 GMT", S3_DATE,
      "x-amz-storage-class: REDUCED_REDUNDANCY", "x-amz-content-sha256: " WELCOME},
     WELCOME,
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
     "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class"},
    {"get bucket lifecycle",
     "GET",
     "/",
     "lifecycle",
     {S3_HOST, "x-amz-content-sha256: " EMPTY, S3_DATE},
     EMPTY,
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
     "host;x-amz-content-sha256;x-amz-date"},
    {"list objects",
     "GET",
     "/",
     "prefix=J&max-keys=2",
     {S3_HOST, "x-amz-content-sha256: " EMPTY, S3_DATE},
     EMPTY,
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
     "host;x-amz-content-sha256;x-amz-date"},
};

static void check_vector(const struct sigv4_key *key, const struct vector *vector, time_t when)
{
    struct csvk_strings headers = {0};
    for (size_t i = 0; i < 8 && vector->headers[i]; i++) {
        ck_assert_int_eq(csvk_strings_add(&headers, vector->headers[i]), CSVK_OK);
    }
    struct sigv4_request request = {vector->method, vector->path,    vector->query,
                                    &headers,       vector->payload, when};
    struct csvk_buf out = CSVK_BUF_INIT, expected = CSVK_BUF_INIT;
    ck_assert_int_eq(sigv4_sign(key, &request, &out), CSVK_OK);
    char stamp[SIGV4_STAMP_SIZE];
    sigv4_stamp(when, stamp);
    ck_assert_int_eq(csvk_buf_printf(&expected,
                                     "AWS4-HMAC-SHA256 Credential=%s/%.8s/us-east-1/%s/aws4_request"
                                     ", SignedHeaders=%s, Signature=%s",
                                     key->access, stamp, key->service, vector->signed_names,
                                     vector->signature),
                     CSVK_OK);
    ck_assert_msg(strcmp(csvk_buf_text(&out), csvk_buf_text(&expected)) == 0, "%s:\n%s\n%s",
                  vector->name, csvk_buf_text(&out), csvk_buf_text(&expected));
    csvk_buf_release(&out);
    csvk_buf_release(&expected);
    csvk_strings_release(&headers);
}

START_TEST(the_signature_suite_of_aws)
{
    check_vector(&suite_key, &suite_vectors[_i], 1440938160);
}
END_TEST

START_TEST(the_examples_of_the_s3_documentation)
{
    check_vector(&s3_key, &s3_vectors[_i], 1369353600);
}
END_TEST

/* A name that begins another: order is by name, not by "name:value" ('-' sorts before ':'). */
START_TEST(a_header_name_that_begins_another_comes_first)
{
    struct csvk_strings headers = {0};
    ck_assert_int_eq(csvk_strings_add(&headers, "x-amz-sse-kms: k"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&headers, "x-amz-sse: aws:kms"), CSVK_OK);
    struct sigv4_request request = {"PUT", "/", "", &headers, EMPTY, 0};
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(sigv4_sign(&s3_key, &request, &out), CSVK_OK);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&out), "SignedHeaders=x-amz-sse;x-amz-sse-kms,"));
    csvk_buf_release(&out);
    csvk_strings_release(&headers);
}
END_TEST

START_TEST(keys_are_encoded_once_and_completely)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(percent_encode(&out, "a b/\xc3\xbc?&#%~!*'()@,;$", "/"), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), "a%20b/%C3%BC%3F%26%23%25~%21%2A%27%28%29%40%2C%3B%24");
    csvk_buf_release(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sigv4");
    TCase *tcase = tcase_create("sigv4");
    tcase_add_loop_test(tcase, the_signature_suite_of_aws, 0,
                        sizeof suite_vectors / sizeof *suite_vectors);
    tcase_add_loop_test(tcase, the_examples_of_the_s3_documentation, 0,
                        sizeof s3_vectors / sizeof *s3_vectors);
    tcase_add_test(tcase, a_header_name_that_begins_another_comes_first);
    tcase_add_test(tcase, keys_are_encoded_once_and_completely);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

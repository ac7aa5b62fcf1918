/*
 * test_commands_memory.c - every allocation of the commands that read data fails once, in turn: the
 * program ends as it does with memory enough and has written the same, or it ends with 2, says so,
 * and leaves no output behind. Nothing is leaked.
 */
#include "csvkit/cli/frame/frame.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS = 24 };

static const struct {
    const char *path, *bytes;
} files[] = {
    {"project.json",
     "{\"profile\": \"keboola\", \"rules\": {\"eol-lf\": \"off\"}, \"overrides\": [{\"files\":"
     "[\"good.csv\", \"x/**\"], \"primary_key\": [\"id\"], \"dialect\": {\"header\": true}}]}"},
    {"list", "bad.csv\ngood.csv\n"},
    {"good.csv", "id,name\r\n1,Anna\r\n2,\"B, b\"\r\n3,C\r\n"},
    {"wide.csv", "id;name\r\n1;Anna\r\n2;B\r\n3;C\r\n"},
    {"bad.csv", "id,name,name\r\n1,a\r\n2,\xc3\x28\"x\"\n\r\n1,a,b,c,d\r\n\"open,1,2\r\n"},
    {"odd.manifest", "{\"columns\":[\"id\",\"name\"],\"primary_key\":[\"id\"],\"x\":1}"},
    {"native.manifest", "{\"schema\":[{\"name\":\"id\",\"primary_key\":true},{\"name\":\"b\"}]}"},
    {"dir.csv/part1", "1,a\r\n2,b\r\n"},
    {"dir.csv/part2", "3,c\r\n"},
    {"typed.manifest",
     "{\"schema\":[{\"name\":\"id\",\"data_type\":{\"base\":{\"type\":\"INTEGER\"}},"
     "\"primary_key\":true},{\"name\":\"name\",\"data_type\":{\"base\":{\"type\":"
     "\"NUMERIC\",\"length\":\"4,1\"},\"bigquery\":{\"type\":\"JSON\"}}}],"
     "\"has_header\":true}"},
    {"typed.json", "{\"fields\":[{\"name\":\"id\",\"type\":\"integer\"},{\"name\":\"name\","
                   "\"constraints\":{\"required\":true}}],\"primaryKey\":\"id\"}"},
    {"typed.csv", "id,name\n1,x\n,\"1\"\"2\"\n3.5,77777\n"},
    {"dir.csv.manifest", "{\"columns\":[\"id\",\"name\"]}"},
    {"data/out/tables/t.csv", "id,name\r\n1,a\r\n1,b,c\r\n"},
    {"data/out/tables/t.csv.manifest", "{\"primary_key\":[\"id\"],\"incremental\":true}"},
    {"p/in/tables/t.csv", "id,name\r\n1,a\r\n2,\"b\"x\r\n"},
    {"p/in/tables/t.csv.manifest",
     "{\"id\":\"in.c-a.t\",\"uri\":\"x\",\"primary_key\":[\"id\"],\"columns\":[\"id\",\"name\"],"
     "\"metadata\":[{\"key\":\"k\",\"value\":\"v\",\"id\":\"1\"}],"
     "\"column_metadata\":{\"id\":[{\"key\":\"k\",\"value\":\"v\"}]}}"},
    {"p/in/files/1_f", "a"},
    {"p/config.json", "{\"parameters\":{\"normalize\":{\"quote\":\"all\",\"to_delimiter\":\";\"},"
                      "\"slice\":{\"records\":1},\"manifest\":{\"incremental\":true}}}"},
    {"q/in/tables/t.csv", "id,name\n1,a\n2,\"b\",c\n"},
    {"q/in/tables/t.csv.manifest",
     "{\"id\":\"in.c-a.t\",\"uri\":\"x\",\"columns\":[\"id\",\"name\"],\"description\":\"d\","
     "\"metadata\":[{\"key\":\"k\",\"value\":\"v\",\"id\":\"1\"}],"
     "\"schema\":[{\"name\":\"id\",\"primary_key\":true},{\"name\":\"name\"}]}"},
    {"q/in/tables/u.manifest", "{}"},
    {"q/in/files/1_f", "a"},
    {"q/config.json",
     "{\"parameters\":{\"normalize\":{\"ragged\":\"widen\"},\"columns\":{\"names\":\"header\","
     "\"select\":[\"name\",\"id\"],\"row_number\":\"n\",\"file_name\":\"f\"},"
     "\"manifest_defaults\":{\"incremental\":true},"
     "\"metadata\":[{\"key\":\"l\",\"value\":\"v\"}],"
     "\"column_metadata\":{\"n\":[{\"key\":\"l\",\"value\":\"v\"}]},"
     "\"files\":{\"decompress\":true,\"graceful\":true}}}"},
};

static const char *const lines[] = {
    "validate good.csv wide.csv",
    "validate --format=json -v --rule=eol-lf=warning --profile=keboola bad.csv",
    "validate --format=sarif bad.csv",
    "validate --format=junit bad.csv",
    "validate --format=github bad.csv",
    "validate --verify --primary-key=id good.csv",
    "validate --verify --primary-key=id --no-header --columns=id,b,c bad.csv",
    "validate -d auto wide.csv",
    "validate --config=project.json -v good.csv wide.csv",
    "validate --statistics --format=json bad.csv wide.csv",
    "validate -q --statistics --files-from=list",
    "validate --encoding=utf-16 utf16.csv",
    "validate --manifest=native.manifest good.csv",
    "validate --manifest=typed.manifest --format=json typed.csv",
    "validate --manifest=typed.manifest --backend=bigquery typed.csv",
    "validate --schema=typed.json typed.csv",
    "sniff good.csv wide.csv bad.csv utf16.csv",
    "sniff --format=json good.csv",
    "stats good.csv bad.csv wide.csv",
    "stats --format=json typed.csv dir.csv",
    "schema infer typed.csv -o o/s --format=json",
    "schema infer good.csv --to=csvw --required",
    "schema infer good.csv --to=native --max-misfits=1",
    "schema convert typed.json --to=native -o o/s",
    "schema convert typed.manifest --to=table-schema",
    "schema convert typed.json --to=csvw",
    "schema check typed.json typed.manifest",
    "schema diff good.csv typed.json",
    "schema diff --format=json typed.csv good.csv",
    "rules --format=json",
    "explain --format=json field-count",
    "normalize bad.csv -o o/t.csv --log=o/log --rejects=o/rejects --format=json",
    "normalize --verify --no-header -d auto wide.csv -o o/t.csv.gz",
    "normalize --check good.csv",
    "slice good.csv -o o/d --records=1 --verify --format=json --primary-key=id",
    "slice good.csv -o o/d --records=1 --data-type=auto --schema --rule=eol-lf=off",
    "slice bad.csv -o o/d --normalize --rejects=o/rejects --log=o/log --format=json",
    "slice good.csv -o o/d --compress=none --manifest=native.manifest --metadata=a=b",
    "merge dir.csv -o o/m.csv --format=json",
    "merge dir.csv --columns=a,b -o o/m.csv.gz",
    "manifest create good.csv -o o/m --primary-key=id --metadata=a=b --data-type=auto "
    "--format=json",
    "manifest create dir.csv -o o/m --columns=id,name --description=d --schema "
    "--column-metadata=id:a=b --data-type=id=STRING:5",
    "manifest create good.csv -o o/m --files --tag=a --tag=b",
    "manifest check odd.manifest native.manifest dir.csv.manifest --check-key",
    "manifest check --format=json odd.manifest missing.manifest",
    "manifest show odd.manifest -o o/m",
    "manifest convert --to=native odd.manifest",
    "manifest convert --to=legacy native.manifest -o o/m",
    "preflight data",
    "preflight --format=json --rule=empty-file=off data",
    "preflight --format=sarif data",
    "processor p",
    "processor q",
};

/* ---- what a run leaves ---- */

struct command_outcome {
    int status;
    unsigned char out[65536]; /* its standard output */
    size_t length;
    size_t stderr_bytes; /* bytes on standard error */
    size_t left, size;   /* files and folders under o/, and the bytes of files */
};

static struct command_outcome full, got;

static int count_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)path;
    got.left += where->level > 0;
    got.size += kind == FTW_F ? (size_t)info->st_size : 0;
    return 0;
}

static int drop_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind;
    return where->level > 0 ? remove(path) : 0;
}

static void empty(const char *path)
{
    ck_assert_int_eq(nftw(path, drop_file, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* Which allocation fails must not depend on which thread comes first. */
static bool has_threads(const char *text)
{
    static const char *const commands[] = {"validate ", "slice ", "merge ", "preflight ",
                                           "processor"};
    bool has = false;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        has |= strncmp(text, commands[i], strlen(commands[i])) == 0;
    }
    return has;
}

static void run_line(const char *text, long countdown)
{
    char copy[256], *argv[WORDS + 1];
    int argc = 0;
    snprintf(copy, sizeof copy, "csvkit %s%s", text, has_threads(text) ? " -j1" : "");
    for (char *rest = copy, *word; (word = strsep(&rest, " ")) != NULL;) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    for (int fd = 1; fd <= 2; fd++) {
        ck_assert_int_eq(ftruncate(fd, 0), 0);
        ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    }
    empty("o");
    empty("p/out");
    empty("q/out");
    alloc_alive = 0;
    alloc_countdown = countdown;
    got = (struct command_outcome){.status = cli_main(argc, argv)};
    got.length = (size_t)pread(1, got.out, sizeof got.out, 0);
    got.stderr_bytes = (size_t)lseek(2, 0, SEEK_END);
    ck_assert_int_eq(nftw("o", count_file, 8, FTW_PHYS), 0);
}

/* As with memory enough; or trouble that was reported, and either no output or, when it was only
 * the summary that could not be made, all of it. */
static bool is_sound(void)
{
    bool whole = got.left == full.left && got.size == full.size;
    if (got.status == CLI_TROUBLE && got.stderr_bytes != 0) {
        return whole || got.left == 0;
    }
    return got.status == full.status && whole && got.length == full.length &&
           memcmp(got.out, full.out, got.length) == 0;
}

START_TEST(memory_may_end_anywhere)
{
    int saved[3] = {-1, dup(1), dup(2)};
    FILE *streams[3] = {NULL, tmpfile(), tmpfile()};
    dup2(fileno(streams[1]), 1);
    dup2(fileno(streams[2]), 2);
    cJSON_InitHooks(&(cJSON_Hooks){csvk_malloc, csvk_free});
    run_line(lines[_i], -1);
    full = got;
    long n = 0, leaked = alloc_alive;
    char said[160] = "";
    for (bool sound = true; sound && leaked == 0; n++) {
        run_line(lines[_i], n);
        leaked = alloc_alive;
        sound = is_sound();
        if (alloc_countdown >= 0) {
            break; /* it needed no more than n */
        }
    }
    ssize_t size = pread(2, said, sizeof said - 1, 0);
    said[size > 0 ? size : 0] = '\0';
    for (int fd = 1; fd <= 2; fd++) {
        dup2(saved[fd], fd);
        close(saved[fd]);
        fclose(streams[fd]);
    }
    ck_assert_msg(is_sound() && leaked == 0,
                  "allocation %ld of csvkit %s: status %d for %d, %zu files for %zu, %zu bytes "
                  "out for %zu, %ld leaked: %s",
                  n - 1, lines[_i], got.status, full.status, got.left, full.left, got.length,
                  full.length, leaked, said);
}
END_TEST

/* ---- the folder ---- */

static char folder[40];

static void shell(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

static void make_files(void)
{
    snprintf(folder, sizeof folder, "%s/csvkit-commands-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"); /* there is a lot to sync */
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("TMPDIR", "o", 1); /* what is left there counts, too */
    ck_assert_int_eq(chdir(folder), 0);
    shell("mkdir -p o dir.csv data/in/tables data/in/files data/out/tables data/out/files "
          "p/in/tables p/in/files p/out q/in/tables q/in/files q/out");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *file = fopen(files[i].path, "w");
        ck_assert_ptr_nonnull(file);
        size_t length = strlen(files[i].bytes);
        ck_assert_uint_eq(fwrite(files[i].bytes, 1, length, file), length);
        ck_assert_int_eq(fclose(file), 0);
    }
    shell("iconv -f utf-8 -t utf-16 good.csv >utf16.csv");
}

static void drop_files(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(chdir("/"), 0);
    shell(command);
}

int main(void)
{
    Suite *suite = suite_create("commands memory");
    TCase *tcase = tcase_create("memory");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, make_files, drop_files);
    tcase_add_loop_test(tcase, memory_may_end_anywhere, 0, (int)(sizeof lines / sizeof lines[0]));
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}

# csvkit - one Makefile, not recursive. `make help` lists the targets.
#
# A variant is a set of flags with a build folder of its own: make VARIANT=asan check.
# Sources are found by folder, so that a new file is in the build by being there. CONTRIBUTING.md has
# the map of the folders.

VARIANT ?= release
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
VERSION := $(shell sed -n 's/^\#define CSVK_VERSION "\(.*\)"/\1/p' csvkit/basics.h)
SOVERSION := 0
B := build/$(VARIANT)$(if $(filter-out cc gcc,$(CC)),-$(notdir $(CC)))$(if $(LINKED),-linked)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wcast-qual -Wpointer-arith -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough
BASE := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. -fPIC -fvisibility=hidden -fno-common \
	-fno-math-errno $(WARN) $(if $(DEVELOPER),-Werror)
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong

# The folder of the sources is in no file that is built for use: two folders, the same bytes.
FLAGS_release := -O2 -g "-ffile-prefix-map=$(CURDIR)=." $(HARDEN)
FLAGS_debug := -O0 -g3
FLAGS_asan := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_ubsan := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all
FLAGS_tsan := -O1 -g1 -fsanitize=thread
FLAGS_cov := -O0 -g --coverage
FLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK_release := -Wl,-z,relro,-z,now
SO_LINK_release := -Wl,-z,defs
SO_LINK_debug := -Wl,-z,defs
LINK_fuzz := -fsanitize=fuzzer,address,undefined
CFLAGS_ALL = $(BASE) $(FLAGS_$(VARIANT)) $(CFLAGS)
CXXFLAGS_ALL = -std=c++17 -I. -Wall -Wextra -Wpedantic $(if $(DEVELOPER),-Werror) $(FLAGS_$(VARIANT)) \
	$(CXXFLAGS)
LDFLAGS_ALL = $(FLAGS_$(VARIANT)) $(LINK_$(VARIANT)) $(LDFLAGS)
ifeq ($(VARIANT),fuzz)
CC := clang
B := build/fuzz
endif

ifeq ($(origin CXX),default)
CXX := $(if $(findstring clang,$(CC)),clang++,c++)
endif

# What Python compiles for itself lies beside the other built things, not in the checkout.
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/python

# Short lines while building; V=1 shows the commands. $(call say,WHAT,FILE)
Q := $(if $(V),,@)
comma := ,
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

# libcsvkit needs libc alone. libcsv has no .pc file; the others have, but their plain names serve as
# well. libzstd, liblzma, libbz2, libuchardet, libutf8proc and libmagic are loaded on first use.
LIB_LIBS := -lpthread
EXTRA_LIBS := -lz -ldeflate -lisal -lcjson -lcsv -lpthread -ldl
# libcurl and libcrypto are loaded on first use, see csvkit/extra/lazy_loading.h; LINKED=1 links them.
TOOL_LIBS := $(if $(LINKED),-lcurl -lcrypto)
# Nearly all functions that the program looks up at its start are those of libc: it is asked first.
TOOL_FIRST := $(if $(filter release,$(VARIANT)),-lc)

# The rooms of libcsvkit-extra; the column "library" in CONTRIBUTING.md says the same (make lint).
EXTRA_DIRS := csvkit/extra csvkit/parallel csvkit/recognize csvkit/schema/read csvkit/io/unpack csvkit/io/deflate csvkit/verify manifest preflight
EXTRA_SRC := $(sort $(shell find $(EXTRA_DIRS) -name '*.c'))
LIB_DIRS := $(filter-out csvkit/cli/,$(wildcard csvkit/*/)) validator
LIB_SRC := $(filter-out $(EXTRA_SRC),$(sort $(shell find $(LIB_DIRS) -name '*.c')))
TOOL_SRC := $(sort $(shell find csvkit/cli storage -name '*.c'))
TOOL_SRC := $(filter-out $(if $(LINKED),storage/%_loading.c),$(TOOL_SRC))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
SUPPORT_SRC := $(sort $(wildcard tests/support/*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
TEST_TOOL_SRC := $(sort $(wildcard tests/tools/*.c))
FUZZ_SRC := $(sort $(wildcard fuzz/fuzz_*.c))
EXAMPLE_SRC := $(sort $(wildcard examples/*.c examples/component/*.c))
# Those that need libcsvkit alone, and are linked with nothing else.
CORE_EXAMPLES := count peer push
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
EXTRA_OBJ := $(EXTRA_SRC:%.c=$(B)/%.o)
TOOL_OBJ := $(TOOL_SRC:%.c=$(B)/%.o)
TOOL_PARTS := $(filter-out $(B)/csvkit/cli/main.o,$(TOOL_OBJ))
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(B)/%.o)
SUPPORT := $(B)/tests/support.a
PARTS := $(B)/tool.a
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)
UNIT_OF_TOOL := $(shell grep -lE '^.include "(csvkit/cli|storage)/' $(UNIT_SRC))
BENCH_BIN := $(BENCH_SRC:%.c=$(B)/%)
TEST_TOOL_BIN := $(TEST_TOOL_SRC:%.c=$(B)/%)
FUZZ_BIN := $(FUZZ_SRC:%.c=$(B)/%)
EXAMPLE_CORE_BIN := $(CORE_EXAMPLES:%=$(B)/examples/%)
EXAMPLE_EXTRA_BIN := $(filter-out $(EXAMPLE_CORE_BIN),$(EXAMPLE_SRC:%.c=$(B)/%))
EXAMPLE_CXX_BIN := $(B)/examples/check_cpp
EXAMPLE_BIN := $(EXAMPLE_CORE_BIN) $(EXAMPLE_EXTRA_BIN) $(EXAMPLE_CXX_BIN)
PUBLIC_HEADERS := $(wildcard csvkit/csvkit.h csvkit/basics.h csvkit/json.h csvkit/names.h csvkit/normalize.h csvkit/sniff.h csvkit/writer.h \
	csvkit/findings/findings.h csvkit/schema/schema.h csvkit/schema/column_evidence.h csvkit/stats/stats.h csvkit/extra/extra.h csvkit/simple/simple.h \
	preflight/preflight.h validator/validator.h manifest/manifest.h manifest/types.h manifest/slice.h \
	manifest/manifest_plan.h manifest/table_definition.h manifest/slice_table.h manifest/processor.h)
TOOL := $(B)/bin/csvkit
LIB := $(B)/libcsvkit.a
SO := $(B)/libcsvkit.so.$(VERSION)
EXTRA := $(B)/libcsvkit-extra.a
EXTRA_SO := $(B)/libcsvkit-extra.so.$(VERSION)
# What a program of ours is linked with, in this order.
LIBS := $(EXTRA) $(LIB)
LINK_LIBS := $(LIBS) $(EXTRA_LIBS)

.PHONY: all doc check check-large-slice check-large-upload check-many-keys check-storage-faults check-storage-outage check-manifests check-mutations check-parallel check-partial check-cluster check-processor check-schema-values check-slice-spread check-radosgw check-scan check-windows check-damage check-advice check-mutants compare bench bench-compare bench-scale benchmarks bench-damage bench-damage-world bench-deps bench-repair fuzz fuzz-bins lint install install-files uninstall dist distcheck deb tarball npm sbom site exports \
	coverage clean help demo deps tests
.DEFAULT_GOAL := all

all: $(TOOL) $(LIBS) $(SO) $(EXTRA_SO) $(B)/csvkit.pc $(B)/csvkit-extra.pc ## build the csvkit program, libcsvkit and libcsvkit-extra (static, shared)
	@[ $(B) != build/release ] || ln -sfn release/bin/csvkit build/csvkit

# A flags stamp: objects are rebuilt when the flags or the compiler change. Before the first one is
# built, a machine that lacks the compiler or a header is told once what to do about it.
$(B)/flags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL)' | cmp -s - $@ || { $(find_needs) && \
	  echo '$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL)' > $@; }
FORCE:

NEEDED_HEADERS := zlib.h libdeflate.h isa-l.h csv.h cjson/cJSON.h zstd.h lzma.h bzlib.h \
	uchardet/uchardet.h utf8proc.h magic.h curl/curl.h openssl/evp.h
define find_needs
{ missing=; command -v $(firstword $(CC)) >/dev/null || missing='the compiler $(firstword $(CC))'; \
	  for header in $(NEEDED_HEADERS); do [ -z "$$missing" ] || break; \
	    echo "#include <$$header>" | $(CC) $(CPPFLAGS) $(CFLAGS) -E - >/dev/null 2>&1 || \
	      missing="the header $$header"; done; \
	  [ -z "$$missing" ] || { echo "csvkit: $$missing is not installed: run 'make deps' (Debian, by apt," \
	    "as root or through sudo), then 'make' again" >&2; false; }; }
endef

# Stamps of the lists of objects: what is linked is made again when a source goes away, too.
$(B)/lib.list: OBJECTS = $(LIB_OBJ)
$(B)/extra.list: OBJECTS = $(EXTRA_OBJ)
$(B)/tool.list: OBJECTS = $(TOOL_OBJ)
$(B)/support.list: OBJECTS = $(SUPPORT_OBJ)
$(B)/lib.list $(B)/extra.list $(B)/tool.list $(B)/support.list: FORCE
	@mkdir -p $(B)
	@echo '$(OBJECTS)' | cmp -s - $@ || echo '$(OBJECTS)' > $@

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(LEVEL) $(MADE) -MMD -MP -c $< -o $@

# Unit tests take longer to compile than to run: the compiler does less for them than for what they test.
$(UNIT_SRC:%.c=$(B)/%.o): LEVEL = $(if $(filter release,$(VARIANT)),-Og)

# Files of the HTML report as numbers, since the standard bounds the length of a string.
HTML_FILES := $(B)/made/report_html.css.inc $(B)/made/report_html.js.inc
$(HTML_FILES): $(B)/made/%.inc: csvkit/findings/%
	@mkdir -p $(@D)
	@od -An -v -tu1 $< | sed 's/ *\([0-9][0-9]*\)/\1,/g' > $@
$(B)/csvkit/findings/report_html.o: MADE = -I$(B)/made
$(B)/csvkit/findings/report_html.o: $(HTML_FILES)

$(LIB): $(LIB_OBJ) $(B)/lib.list
$(LIB): OBJECTS = $(LIB_OBJ)
$(EXTRA): $(EXTRA_OBJ) $(B)/extra.list
$(EXTRA): OBJECTS = $(EXTRA_OBJ)

# What libcsvkit lends to libcsvkit-extra gets a version of its own: csvkit/base/for_extra.h.
PRIVATE_VERSION := CSVKIT_PRIVATE_$(VERSION)
FOR_EXTRA_HEADERS := $(sort $(shell grep -rl '^CSVK_FOR_EXTRA ' csvkit validator --include='*.h'))
$(B)/private.map: $(FOR_EXTRA_HEADERS) Makefile csvkit/basics.h
	@mkdir -p $(B)
	@{ echo '$(PRIVATE_VERSION) { global:'; sed -nE 's/^CSVK_FOR_EXTRA .*(csvk_[a-z_0-9]+)\(.*/  \1;/p' \
	  $(FOR_EXTRA_HEADERS); echo '};'; } > $@

# $(call link_so,NAME,OBJECTS,LIBRARIES AND FLAGS)
define link_so
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(LDFLAGS_ALL) $(SO_LINK_$(VARIANT)) -Wl,-soname,$(1).so.$(SOVERSION) -o $@ $(2) $(3)
	@ln -sfn $(notdir $@) $(B)/$(1).so.$(SOVERSION)
	@ln -sfn $(notdir $@) $(B)/$(1).so
endef
$(SO): $(LIB_OBJ) $(B)/lib.list $(B)/private.map
	$(call link_so,libcsvkit,$(LIB_OBJ),-Wl$(comma)--version-script=$(B)/private.map $(LIB_LIBS))
$(EXTRA_SO): $(EXTRA_OBJ) $(B)/extra.list $(SO)
	$(call link_so,libcsvkit-extra,$(EXTRA_OBJ),$(SO) $(EXTRA_LIBS))

$(TOOL): $(TOOL_OBJ) $(LIBS) $(B)/tool.list
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(TOOL_OBJ) $(LIBS) $(TOOL_FIRST) $(EXTRA_LIBS) $(TOOL_LIBS)

# Headers are installed in one folder of their own (install-files), so one -I finds them all.
# $(call write_pc,FILE,NAME,DESCRIPTION,LIBS.PRIVATE,REQUIRES)
write_pc = printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' 'includedir=$${prefix}/include' \
	  '' 'Name: $(2)' 'Description: $(3)' 'Version: $(VERSION)' $(if $(5),'Requires: $(5)') \
	  'Libs: -L$${libdir} -l$(2)' 'Libs.private: $(4)' 'Cflags: -I$${includedir}' > $(1)
write_core_pc = $(call write_pc,$(1),csvkit,RFC 4180 CSV validation and normalization,$(LIB_LIBS))
write_extra_pc = $(call write_pc,$(1),csvkit-extra,compression$(comma) manifests and data folders for \
	  csvkit,$(EXTRA_LIBS),csvkit = $(VERSION))
$(B)/csvkit.pc: Makefile csvkit/basics.h $(B)/flags
	@$(call write_core_pc,$@)
$(B)/csvkit-extra.pc: Makefile csvkit/basics.h $(B)/flags
	@$(call write_extra_pc,$@)

# Archives, because most unit tests need few of these objects, and many none of the tool's.
$(SUPPORT): OBJECTS = $(SUPPORT_OBJ)
$(SUPPORT): $(SUPPORT_OBJ) $(B)/support.list
$(PARTS): OBJECTS = $(TOOL_PARTS)
$(PARTS): $(TOOL_PARTS) $(B)/tool.list
$(SUPPORT) $(PARTS) $(LIB) $(EXTRA):
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $(OBJECTS)

# gold links in two thirds of the time of the usual linker.
QUICK_LINK := $(if $(shell command -v ld.gold),-fuse-ld=gold)
# --wrap: see tests/support/marks.c.
$(UNIT_OF_TOOL:%.c=$(B)/%): $(PARTS)
$(UNIT_OF_TOOL:%.c=$(B)/%): NEEDS = $(PARTS)
$(UNIT_BIN): $(B)/%: $(B)/%.o $(SUPPORT) $(LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $(QUICK_LINK) -Wl,--wrap=_mark_point -o $@ $< $(SUPPORT) $(NEEDS) $(LINK_LIBS) \
	  $(TOOL_LIBS) -lcheck -lsubunit -lrt -lm
$(B)/tests/tools/each_file: $(PARTS)
$(B)/tests/tools/each_file: NEEDS = $(PARTS)
$(BENCH_BIN) $(TEST_TOOL_BIN) $(EXAMPLE_EXTRA_BIN): $(B)/%: $(B)/%.o $(LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(NEEDS) $(LINK_LIBS) $(if $(NEEDS),$(TOOL_LIBS))
$(EXAMPLE_CORE_BIN): $(B)/%: $(B)/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(LIB_LIBS)
$(EXAMPLE_CXX_BIN): $(B)/%_cpp: %.cpp $(LIBS) $(B)/flags
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CXX) $(CXXFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(LINK_LIBS)
$(FUZZ_BIN): $(B)/%: $(B)/%.o $(SUPPORT) $(LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(SUPPORT) $(LINK_LIBS) -lcheck -lsubunit -lrt -lm

bench-bins: all $(BENCH_BIN) $(TEST_TOOL_BIN)

library-bins: all $(EXAMPLE_BIN) # the libraries and what is linked with them

tests: all $(UNIT_BIN) $(EXAMPLE_BIN) $(TEST_TOOL_BIN) $(BENCH_BIN) # what the test runner needs

# By all cores, unless make was told how many.
ALL_CORES = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
check: deps ## install what is missing, build, run every test (T=pattern runs some)
	@$(MAKE) --no-print-directory $(ALL_CORES) tests
	@CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) tests/run.sh '$(T)'

LARGE_MB ?= 2000
check-large-upload: deps ## upload LARGE_MB of slices to a local S3 server; fails when memory grows
	@$(MAKE) --no-print-directory tests
	@CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) LARGE_MB=$(LARGE_MB) tests/storage/large_upload.sh

check-storage-faults: all ## a load broken at every request in every way, on three clouds: every row exactly once
	@python3 tests/storage/fault_schedules.py $(TOOL)
	@for test in spoiled faults_import; do \
	  WHOLE=whole CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) bash tests/storage/$$test.test.sh || exit 1; \
	done

check-storage-outage: all ## outages of the length they have in the world, up to more than an hour
	@CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) tests/storage/outage.sh

MANIFESTS ?= 10000
check-manifests: all ## MANIFESTS random manifests for each of SEEDS against the platform's rules, restated
	@python3 tests/manifest/random_manifests.py $(TOOL) $(MANIFESTS) $(SEEDS)

VALUES ?= 10000000
check-schema-values: all ## VALUES random and edge values of typed columns against a model in Python, 200 typed folders, patterns against Python's re
	@python3 tests/schema/values.py $(CURDIR)/$(TOOL) $(VALUES) $(SEED)
	@python3 tests/schema/table_values.py $(CURDIR)/$(TOOL) $(VALUES) $(SEED)
	@python3 tests/schema/canonical_values.py $(CURDIR)/$(TOOL) $(VALUES) $(SEED)
	@CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) bash tests/schema/typed_folders.test.sh 200 $(SEED)
	@python3 tests/schema/pattern_random.py $(CURDIR)/$(TOOL) 500 $(or $(SEED),1) instructions

check-radosgw: ## the storage round trip with Ceph's radosgw and credentials of its STS (apt, as root)
	@tests/deps.sh && $(MAKE) --no-print-directory tests
	@CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) tests/storage/radosgw.sh

check-windows: tests ## the core built by mingw-w64, its tests under wine (apt: gcc-mingw-w64-x86-64-posix libz-mingw-w64-dev wine64)
	@BUILD=$(CURDIR)/$(B) tests/windows/core.sh $(LIB_SRC)

EXHAUSTIVE ?= 11
ROUNDS ?= 20
check-scan: $(B)/tests/unit/test_exhaustive $(B)/tests/unit/test_scan ## the scan beside the reference parser: all strings of EXHAUSTIVE bytes, ROUNDS times as many random tables
	@CSVK_EXHAUSTIVE=$(EXHAUSTIVE) $(B)/tests/unit/test_exhaustive
	@CSVK_ROUNDS=$(ROUNDS) $(B)/tests/unit/test_scan

MUTATIONS ?= 1000000
check-mutations: $(B)/tests/unit/test_normalize ## the laws of normalize over MUTATIONS random mutations
	@CK_VERBOSITY=normal CSVK_MUTATIONS=$(MUTATIONS) $(B)/tests/unit/test_normalize

GB ?= 20
check-large-slice: bench-bins ## slice GB gigabytes from a pipe: memory, sizes, gzip -t, content
	@GB=$(GB) CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) bash tests/slice/large.sh

KEYS ?= 1000000000
check-many-keys: bench-bins ## a primary key of KEYS values from a pipe, the last one repeated: time, memory, disk
	@KEYS=$(KEYS) CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) bash tests/performance/many_keys.sh

SIZES ?= 200
check-slice-spread: all ## slice SIZES tables for each of five alphabets: how even slices are
	@python3 tests/slice/spread.py $(TOOL) $(SIZES)

FOLDERS ?= 500
check-processor: all ## FOLDERS random data folders through csvkit processor: nothing lost, nothing invented
	@python3 tests/processor/random_folders.py $(TOOL) $(FOLDERS) $(SEED)

demo: deps ## install what is missing, build, and run the main job on example data
	@$(MAKE) --no-print-directory $(ALL_CORES) all $(B)/tests/bench/generate
	@CSVKIT=$(TOOL) BUILD=$(B) examples/demo.sh

SEEDS ?= 1 2 3 4 5 6 7 8 9 10
bench-damage: all ## what normalize makes of 2,000 damaged tables for each of SEEDS, by kind of damage
	@CSVKIT=$(CURDIR)/$(TOOL) SEEDS='$(SEEDS)' CASES=2000 tests/normalize/damage.sh

WORLD_CASES ?= 10000
bench-damage-world: all ## the same with stretches of WORLD_CASES tables of the world: packages, places, ...
	@CSVKIT=$(CURDIR)/$(TOOL) python3 tests/normalize/damage_world.py --cases=$(WORLD_CASES)

check-damage: all ## 100,000 damaged tables; fails with more than 1 wrong one in 10,000
	@CSVKIT=$(CURDIR)/$(TOOL) SEEDS='101 102 103 104 105' CASES=20000 WRONG_MAX=10 tests/normalize/damage.sh

PARALLEL ?= 100000
PARALLEL_BIN := $(filter $(B)/tests/unit/test_parallel%,$(filter-out %_memory,$(UNIT_BIN)))
check-parallel: $(PARALLEL_BIN) ## PARALLEL random and broken files for each command with -j: 1 to 8 threads as one
	@for test in $(PARALLEL_BIN); do CSVK_PARALLEL=$(PARALLEL) $$test || exit 1; done

PARTIAL ?= 100000
check-partial: $(TOOL) $(B)/tests/unit/test_partial $(B)/tests/unit/test_slice_parts ## PARTIAL random and broken files, judged in 1 to 51 parts and joined, as in one run; a fifth as many sliced, some counted
	@CSVK_PARTIAL=$(PARTIAL) $(B)/tests/unit/test_partial
	@CSVK_PARTIAL=$$(($(PARTIAL) / 5)) $(B)/tests/unit/test_slice_parts
	@python3 tests/stats/parts.py $(TOOL) $$(($(PARTIAL) / 100 + 1))

check-cluster: all ## a real Slurm of one node runs a job array of parts, GNU parallel too; as in one run
	@CSVKIT=$(CURDIR)/$(TOOL) tests/cluster/check.sh

check-advice: all ## every advice that names a command or an option, followed on all files of the corpora
	@python3 tests/advice/folders.py $(TOOL)
	@python3 tests/advice/advice.py ../shared/corpus $(TOOL) all

check-mutants: tests ## edits that make the program wrong: every one has to fail a test (T=pattern of files)
	@python3 tests/mutants/mutants.py $(B) '$(T)'

bench-repair: bench-bins ## what normalize makes of records broken on purpose, per kind of damage
	@$(B)/tests/bench/bench_repair

bench: all bench-bins ## speed and memory beside wc, libcsv, cp, gzip, pigz, zcat, curl, in one run (S=section)
	@python3 tests/bench/bench.py $(B) $(S)

benchmarks: all bench-bins ## write doc/benchmarks.md: what make bench prints, and on what machine, once that is idle
	@python3 tests/bench/benchmarks.py $(B) doc/benchmarks.md $(S)

compare: all ## what other programs say of the same broken files (those that are installed; NODE_PATH for npm's)
	@python3 tests/bench/compare.py $(TOOL)

bench-compare: bench-bins ## instructions by stage (callgrind), beside the revision REV: which stage grew
	@python3 tests/bench/stages.py $(B) '$(REV)'

bench-scale: bench-bins ## what a byte, a part and a key cost, and what a model makes of it for 1 TB and 100 TB
	@python3 tests/bench/scale.py $(B)

bench-deps: ## install what make bench compares with, and tables for it (apt; as root or through sudo)
	@EXTRA_PACKAGES='golang-go golang-github-klauspost-pgzip-dev pigz ieee-data unicode-data' tests/deps.sh

site: deps ## README, doc/ and the man pages as a static site in build/site
	@EXTRA_PACKAGES='cmark-gfm mandoc' tests/deps.sh
	@$(MAKE) --no-print-directory all
	@rm -rf build/site && python3 doc/site/make_site.py $(TOOL) build/site && echo build/site/index.html

deps: ## install the Debian packages that are missing (apt; as root or through sudo)
	@tests/deps.sh

TIME ?= 60
fuzz-bins: $(FUZZ_BIN)
fuzz: ## run the fuzz targets with clang for TIME seconds each (T=NAME runs one)
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-bins
	@for name in $(or $(T),$(patsubst fuzz/fuzz_%.c,%,$(FUZZ_SRC))); do \
	  mkdir -p build/fuzz/found/$$name && echo "fuzz $$name" && \
	  build/fuzz/fuzz/fuzz_$$name -max_total_time=$(TIME) -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/$$name- build/fuzz/found/$$name || exit; done

# The exhaustive tests are shortened and those of speed left out: they enter nothing of their own.
COVERAGE_SKIP ?= ^tests/performance/
coverage: ## lines the tests execute, per folder; what none enters (L=--lines names lines; gcc, gcov)
	@$(MAKE) --no-print-directory VARIANT=cov tests
	@find build/cov -name '*.gcda' -delete
	@export CSVKIT=$(CURDIR)/build/cov/bin/csvkit BUILD=$(CURDIR)/build/cov; \
	  CSVK_EXHAUSTIVE=7 SKIP='$(COVERAGE_SKIP)' tests/run.sh '$(T)'; passed=$$?; \
	  tests/coverage.py build/cov $(L) && exit $$passed

doc: $(TOOL) ## rewrite doc/rules.md from the tables of rules, doc/terminal.svg from what commands print
	@python3 tests/doc/make_rules.py $(TOOL) > doc/rules.md
	@python3 doc/site/terminal.py $(TOOL) > doc/terminal.svg

lint: $(SO) $(EXTRA_SO) ## format, rooms, lengths, banned words, headers alone, exported symbols
	@SO=$(SO) EXTRA_SO=$(EXTRA_SO) EXTRA_DIRS='$(EXTRA_DIRS)' PUBLIC_HEADERS='$(PUBLIC_HEADERS)' tests/lint.sh

exports: $(SO) $(EXTRA_SO) ## rewrite the lists of exported symbols that lint compares with
	@tests/exports.sh $(SO) > tests/exports.txt
	@tests/exports.sh $(EXTRA_SO) > tests/exports-extra.txt

# Headers go under include/csvkit: csvkit/csvkit.h as csvkit.h, others with their folder.
INSTALL := install
BINDIR := $(DESTDIR)$(PREFIX)/bin
LIBDIR := $(DESTDIR)$(PREFIX)/lib
INCDIR := $(DESTDIR)$(PREFIX)/include/csvkit
MANDIR := $(DESTDIR)$(PREFIX)/share/man/man1
MAN7DIR := $(DESTDIR)$(PREFIX)/share/man/man7
BASHDIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHDIR := $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
FISHDIR := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
DATADIR := $(DESTDIR)$(PREFIX)/share/csvkit
SCHEMAS := $(wildcard doc/schema/*.schema.json)
SO_NAMES := $(foreach lib,libcsvkit libcsvkit-extra,$(addprefix $(lib).so,.$(VERSION) .$(SOVERSION)) $(lib).so)

install: all ## install program, libraries, headers, schemas, man pages, completions (PREFIX, DESTDIR)
	@$(MAKE) --no-print-directory install-files
	@[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig

install-files: # what is built already
	@$(INSTALL) -d $(BINDIR) $(LIBDIR)/pkgconfig $(INCDIR) $(MANDIR) $(MAN7DIR) $(BASHDIR) $(ZSHDIR) \
	  $(FISHDIR) $(DATADIR)
	@$(INSTALL) -m 644 $(SCHEMAS) $(DATADIR)
	@$(INSTALL) -m 755 $(TOOL) $(BINDIR)/csvkit
	@$(INSTALL) -m 644 $(LIBS) $(SO) $(EXTRA_SO) $(LIBDIR)
	@for lib in libcsvkit libcsvkit-extra; do \
	  ln -sfn $$lib.so.$(VERSION) $(LIBDIR)/$$lib.so.$(SOVERSION) && \
	  ln -sfn $$lib.so.$(SOVERSION) $(LIBDIR)/$$lib.so || exit; done
	@$(call write_core_pc,$(LIBDIR)/pkgconfig/csvkit.pc)
	@$(call write_extra_pc,$(LIBDIR)/pkgconfig/csvkit-extra.pc)
	@for h in $(patsubst csvkit/%,./%,$(PUBLIC_HEADERS)); do \
	  from=$$h; [ "$${h#./}" = "$$h" ] || from=csvkit/$$h; \
	  $(INSTALL) -D -m 644 $$from $(INCDIR)/$$h && \
	  sed -E -i 's,^#include "(findings|manifest|preflight|validator)/,#include "csvkit/\1/,' \
	    $(INCDIR)/$$h || exit; done
	@$(TOOL) internal-man > $(MANDIR)/csvkit.1
	@$(TOOL) internal-man --list | while IFS='	' read -r page command; do \
	  $(TOOL) internal-man $$command > $(MANDIR)/$$page || exit; done
	@$(TOOL) internal-man --rules > $(MAN7DIR)/csvkit-rules.7
	@$(TOOL) internal-completion bash > $(BASHDIR)/csvkit
	@$(TOOL) internal-completion zsh > $(ZSHDIR)/_csvkit
	@$(TOOL) internal-completion fish > $(FISHDIR)/csvkit.fish

uninstall: ## remove what install put there
	rm -f $(BINDIR)/csvkit $(addprefix $(LIBDIR)/,libcsvkit.a libcsvkit-extra.a $(SO_NAMES)) \
	  $(addprefix $(LIBDIR)/pkgconfig/,csvkit.pc csvkit-extra.pc) $(MANDIR)/csvkit.1 $(MANDIR)/csvkit-*.1 \
	  $(MAN7DIR)/csvkit-rules.7 $(BASHDIR)/csvkit \
	  $(ZSHDIR)/_csvkit $(FISHDIR)/csvkit.fish
	rm -rf $(INCDIR) $(DATADIR)

dist: ## source archive of the last commit: dist/csvkit-VERSION.tar.gz
	@mkdir -p dist
	git archive --format=tar.gz --prefix=csvkit-$(VERSION)/ -o dist/csvkit-$(VERSION).tar.gz HEAD

distcheck: dist ## unpack the archive, build, test and install from it
	@rm -rf build/distcheck && mkdir -p build/distcheck
	@tar -xzf dist/csvkit-$(VERSION).tar.gz -C build/distcheck
	@$(MAKE) --no-print-directory -C build/distcheck/csvkit-$(VERSION) check
	@$(MAKE) --no-print-directory -C build/distcheck/csvkit-$(VERSION) install \
	  DESTDIR=$(CURDIR)/build/distcheck/root
	@echo 'the archive builds, passes its tests and installs'

deb tarball npm sbom: all ## packages in dist/: examples/packages/README.md
	@CSVKIT=$(CURDIR)/$(TOOL) BUILD=$(CURDIR)/$(B) examples/packages/build.sh $@ dist
	@ls dist

clean: ## remove everything that was built
	rm -rf build dist

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo '  Variants: VARIANT=release|debug|asan|ubsan|tsan|cov|fuzz, CC=gcc|clang, DEVELOPER=1 for -Werror'

-include $(shell find $(B) -name '*.d' 2>/dev/null)

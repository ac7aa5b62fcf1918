/*
 * check.cpp - judges a file, in C++17: what the library gives is freed by its owner, and failures
 * are exceptions. Prints what check.c prints, for the profile rfc4180.
 *   check FILE
 */
#include "csvkit/extra/extra.h"
#include "validator/validator.h"

#include <iostream>
#include <memory>
#include <stdexcept>

namespace
{

template <auto release> struct Releaser {
    template <typename T> void operator()(T *object) const { release(object); }
};
using Source = std::unique_ptr<csvk_source, Releaser<csvk_source_free>>;
using Validator = std::unique_ptr<csvk_validator, Releaser<csvk_validator_free>>;

struct Options : csvk_validate_options {
    Options() { csvk_validate_options_init(this); }
    Options(const Options &) = delete;
    ~Options() { csvk_validate_options_release(this); }
};
struct Buffer : csvk_buf {
    Buffer() : csvk_buf(CSVK_BUF_INIT) {}
    Buffer(const Buffer &) = delete;
    ~Buffer() { csvk_buf_release(this); }
};

void must(int status, const csvk_error &err)
{
    if (status < 0) {
        throw std::runtime_error(err.text);
    }
}

bool check(const char *path)
{
    csvk_error err{};
    csvk_source *source = nullptr;
    csvk_validator *validator = nullptr;
    const csvk_report *report = nullptr;
    Options options;
    options.file = path;
    must(csvk_source_open(&source, path, &err), err);
    const Source source_owner(source);
    must(csvk_validate_source(&validator, source, &options, nullptr, &err), err);
    const Validator validator_owner(validator);
    must(csvk_validator_report(validator, &report, &err), err);
    for (size_t i = 0; i < report->nfindings; i++) {
        const csvk_finding &finding = *report->findings[i];
        Buffer message;
        if (csvk_finding_message(&finding, &message) != CSVK_OK) {
            throw std::bad_alloc();
        }
        std::cout << "byte " << finding.byte << ", record " << finding.record << ", field "
                  << finding.field << ": " << csvk_severity_name(finding.severity) << ": "
                  << csvk_buf_text(&message) << '\n';
    }
    return report->valid;
}

} // namespace

int main(int argc, char **argv)
{
    csvk_use_all();
    try {
        if (argc != 2) {
            throw std::runtime_error("usage: check FILE");
        }
        return check(argv[1]) ? 0 : 1;
    } catch (const std::exception &failure) {
        std::cerr << failure.what() << '\n';
        return 2;
    }
}

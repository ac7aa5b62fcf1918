/*
 * complete_bash.c - the completion script for bash. It does not need the bash-completion package.
 * It has tables, written as `case` statements and made from the rows, and one function that reads
 * them.
 */
#include "csvkit/cli/frame/complete.h"

static void put_words(struct cli_page *page)
{
    cli_put(page, "_csvkit_words() { # command, or nothing: the words that may follow\n"
                  "    case $1 in\n    '') echo '");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_first_of_family(i)) {
            cli_put_first_word(page, cli_commands[i]);
            cli_put(page, " ");
        }
    }
    cli_put(page, "--help --version' ;;\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (!cli_first_of_family(i) || cli_second_word(cli_commands[i]) == NULL) {
            continue;
        }
        cli_put(page, "    ");
        cli_put_first_word(page, cli_commands[i]);
        cli_put(page, ") echo '");
        for (size_t j = i; cli_commands[j] != NULL; j++) {
            const char *second = cli_second_word(cli_commands[j]);
            struct csvk_buf first = CSVK_BUF_INIT;
            struct cli_page word = {&first, page->status};
            cli_put_first_word(&word, cli_commands[i]);
            page->status = word.status;
            if (second != NULL && cli_in_family(cli_commands[j], csvk_buf_text(&first))) {
                cli_putf(page, "%s ", second);
            }
            csvk_buf_release(&first);
        }
        cli_put(page, "--help' ;;\n");
    }
    cli_put(page, "    esac\n}\n");
}

static void put_options(struct cli_page *page)
{
    cli_put(page, "_csvkit_options() { # command\n    case $1 in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        struct cli_cursor cursor = {0, 0};
        const struct cli_option *row;
        cli_putf(page, "    '%s') echo '", cli_commands[i]->name);
        while ((row = cli_next_option(cli_commands[i], &cursor)) != NULL) {
            cli_putf(page, "--%s%s ", row->name, row->arg != NULL ? "=" : "");
        }
        cli_put(page, "' ;;\n");
    }
    cli_put(page, "    esac\n}\n");
}

/* The entry of one option that takes a value, by its name and by its letter. */
static void put_value(struct cli_page *page, const struct cli_command *command,
                      const struct cli_option *row)
{
    cli_putf(page, "    '%s --%s'", command->name, row->name);
    if (row->letter != 0) {
        cli_putf(page, " | '%s -%c'", command->name, row->letter);
    }
    cli_put(page, ") echo '");
    if (row->choices != NULL) {
        cli_put_choices(page, row->choices);
    } else {
        cli_put(page, cli_wants_file(row) ? "@file" : cli_wants_level(row) ? "@level" : "@text");
    }
    cli_put(page, "' ;;\n");
}

static void put_values(struct cli_page *page)
{
    cli_put(page, "_csvkit_values() { # command and option: choices, @file, @level or @text; "
                  "nothing for a flag\n    case $1 in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        struct cli_cursor cursor = {0, 0};
        const struct cli_option *row;
        while ((row = cli_next_option(cli_commands[i], &cursor)) != NULL) {
            if (row->arg != NULL) {
                put_value(page, cli_commands[i], row);
            }
        }
    }
    cli_put(page, "    esac\n}\n");
}

static void put_rules(struct cli_page *page)
{
    cli_put(page,
            "_csvkit_rules() { # command: ids for ID=SEVERITY and for RULE\n    case $1 in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_commands[i]->rules != NULL) {
            cli_putf(page, "    '%s') echo '", cli_commands[i]->name);
            cli_put_rules(page, cli_commands[i]);
            cli_put(page, "' ;;\n");
        }
    }
    cli_put(page, "    esac\n}\n_csvkit_operand() { # command: @rule or @file\n    case $1 in\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (cli_wants_rule(cli_commands[i])) {
            cli_putf(page, "    '%s') echo @rule ;;\n", cli_commands[i]->name);
        }
    }
    cli_put(page, "    *) echo @file ;;\n    esac\n}\n");
}

static const char main_part[] =
    "_csvkit_reply() { # words to choose from, [what follows each]\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -S \"${2-}\" -- \"$cur\")\n"
    "}\n"
    "_csvkit_files() {\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "    compopt -o filenames 2>/dev/null\n"
    "}\n"
    "_csvkit_nospace() { # when what is offered ends with =\n"
    "    [ \"${COMPREPLY[*]%=}\" != \"${COMPREPLY[*]}\" ] && compopt -o nospace 2>/dev/null\n"
    "}\n"
    "_csvkit() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev before= values= word\n"
    "    local command=${COMP_WORDS[1]} first=2\n"
    "    local -a words\n"
    "    COMPREPLY=()\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        _csvkit_reply \"$(_csvkit_words '')\"\n"
    "        return 0\n"
    "    fi\n"
    "    if [ -n \"$(_csvkit_words \"$command\")\" ]; then\n"
    "        if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
    "            _csvkit_reply \"$(_csvkit_words \"$command\")\"\n"
    "            return 0\n"
    "        fi\n"
    "        command=\"$command ${COMP_WORDS[2]}\" first=3\n"
    "    fi\n"
    "    # \"=\" is a word of its own: --format = js, --rule = field-count = off\n"
    "    for word in \"${COMP_WORDS[@]:first-1:COMP_CWORD-first+1}\"; do\n"
    "        [ \"$word\" = = ] || words+=(\"$word\")\n"
    "    done\n"
    "    [ \"$cur\" = = ] && cur=\n"
    "    prev=${words[${#words[@]}-1]}\n"
    "    [ \"${#words[@]}\" -gt 1 ] && before=${words[${#words[@]}-2]}\n"
    "    [ \"$COMP_CWORD\" -gt \"$first\" ] && values=$(_csvkit_values \"$command $prev\")\n"
    "    [ \"${COMP_WORDS[COMP_CWORD]}\" = = ] || [ \"${COMP_WORDS[COMP_CWORD-1]}\" = = ] &&\n"
    "        [ \"$(_csvkit_values \"$command $before\")\" = @level ] && values='off info warning "
    "error'\n"
    "    case \"$values:$cur:$command\" in\n"
    "    @text:*) ;;\n"
    "    @file:*) _csvkit_files ;;\n"
    "    @level:*) _csvkit_reply \"$(_csvkit_rules \"$command\")\" = && _csvkit_nospace ;;\n"
    "    [!:]*) _csvkit_reply \"$values\" ;;\n"
    "    :-*) _csvkit_reply \"$(_csvkit_options \"$command\")\" && _csvkit_nospace ;;\n"
    "    *:help)\n"
    "        [ \"$COMP_CWORD\" -eq 2 ] && prev=\n"
    "        _csvkit_reply \"$(_csvkit_words \"$prev\")\"\n"
    "        ;;\n"
    "    *)\n"
    "        case $(_csvkit_operand \"$command\") in\n"
    "        @rule) _csvkit_reply \"$(_csvkit_rules \"$command\")\" ;;\n"
    "        *) _csvkit_files ;;\n"
    "        esac\n"
    "        ;;\n"
    "    esac\n"
    "    return 0\n"
    "}\n"
    "complete -F _csvkit csvkit\n";

int cli_complete_bash(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, "# bash completion for csvkit; made from the table of options.\n");
    put_words(&page);
    put_options(&page);
    put_values(&page);
    put_rules(&page);
    cli_put(&page, main_part);
    return page.status;
}

# Reports of csvkit as JSON (jq -s) into a code quality report of GitLab. A fingerprint is made of what
# stays when lines move: file, rule, message, and which one of those it is.
def severity: {"error": "critical", "warning": "minor", "info": "info"}[.];
def refused: {
  description: ("not judged: " + .error), check_name: "csvkit", severity: "blocker",
  fingerprint: (.file + " not judged" | @base64), location: {path: .file, lines: {begin: 1}}
};
[.[] | .file as $file | if .error then refused else
  (.findings | group_by([.rule, .message])[] | to_entries[] | .key as $nth | .value | {
    description: .message,
    check_name: .rule,
    severity: (.severity | severity),
    fingerprint: ([$file, .rule, .message, $nth] | map(tostring) | join("\n") | @base64),
    location: {path: $file, lines: {begin: (.line // 1)}}
  })
end]

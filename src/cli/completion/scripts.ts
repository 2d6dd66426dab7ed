/** The shells that completion knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The first word of a command line that asks for completions: the words up to the cursor follow. */
export const COMPLETE = "__complete";

// Each script passes the words up to the cursor, and gets lines of a word, a tab and its meaning. Without an answer the shells offer
// files. Bash shows the words alone and counts `=` and `:` as words of their own: `complete` knows the first, the script joins the
// second. The word being typed may be quoted; zsh and fish quote what they insert, for bash the script does.

const BASH = `# Completion of rolecall for bash. Add to ~/.bashrc: eval "$(rolecall completion bash)"
_rolecall_complete() {
  local value meaning word typed glued= quote=
  local -a words=()
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( -n $glued || $word == :* ) ]]; then words[-1]+=$word; else words+=("$word"); fi
    if [[ $word == *: && $word == :* ]]; then glued=1; else glued=; fi
  done
  typed=\${words[-1]}
  if [[ $typed == [\\"\\']* ]]; then quote=\${typed:0:1}; typed=\${typed:1}; else typed=\${typed//\\\\/}; fi
  words[-1]=$typed
  while IFS=$'\\t' read -r value meaning; do
    if [[ -z $quote && $COMP_WORDBREAKS == *:* ]]; then value=\${value#"\${typed%"\${typed##*:}"}"}; fi
    if [[ -z $quote && $value == *[!a-zA-Z0-9_@%+=:,./-]* ]]; then printf -v value %q "$value"; fi
    COMPREPLY+=("$value")
  done < <(rolecall ${COMPLETE} "\${words[@]}" 2>/dev/null)
}
complete -o default -F _rolecall_complete rolecall
`;

const ZSH = `#compdef rolecall
# Completion of rolecall for zsh. Add to ~/.zshrc after compinit: eval "$(rolecall completion zsh)"
_rolecall() {
  local line value
  local -a values
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    if [[ "$line" == *$'\\t'* ]]; then line=":\${line#*$'\\t'}"; else line=; fi
    values+=("\${value//:/\\\\:}$line")
  done < <(rolecall ${COMPLETE} "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  if (( \${#values} )); then _describe rolecall values; else _files; fi
}
compdef _rolecall rolecall
`;

const FISH = `# Completion of rolecall for fish. Run: rolecall completion fish > ~/.config/fish/completions/rolecall.fish
function __rolecall_complete
  set -l words (commandline -xpc 2>/dev/null; or commandline -opc)
  set -l typed (commandline -ct)
  set -l plain (string unescape -- "$typed"; or string replace -r '^["\\']' '' -- "$typed")
  set -l found (rolecall ${COMPLETE} $words[2..-1] "$plain" 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path "$typed"
  end
end
complete -c rolecall -f -a '(__rolecall_complete)'
`;

/** The script that each shell runs for completion. */
export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};

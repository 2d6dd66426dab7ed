/** The shells that completion knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The first word of a command line that asks for completions: the words up to the cursor follow. */
export const COMPLETE = "__complete";

// Each script passes the words up to the cursor, and gets lines of a word, a tab and its meaning. Bash shows the words alone, and
// counts `=` as a word of its own. Without an answer the shells offer files.

const BASH = `# Completion of rolecall for bash. Add to ~/.bashrc: eval "$(rolecall completion bash)"
_rolecall_complete() {
  local value meaning
  COMPREPLY=()
  while IFS=$'\\t' read -r value meaning; do
    COMPREPLY+=("$value")
  done < <(rolecall ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _rolecall_complete rolecall
`;

const ZSH = `#compdef rolecall
# Completion of rolecall for zsh. Add to ~/.zshrc after compinit: eval "$(rolecall completion zsh)"
_rolecall() {
  local line
  local -a values
  while IFS= read -r line; do
    line="\${line//:/\\\\:}"
    values+=("\${line/$'\\t'/:}")
  done < <(rolecall ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#values} )); then _describe rolecall values; else _files; fi
}
compdef _rolecall rolecall
`;

const FISH = `# Completion of rolecall for fish. Run: rolecall completion fish > ~/.config/fish/completions/rolecall.fish
function __rolecall_complete
  set -l words (commandline -opc) (commandline -ct)
  rolecall ${COMPLETE} $words[2..-1] 2>/dev/null
end
complete -c rolecall -a '(__rolecall_complete)'
`;

/** The script that each shell runs for completion. */
export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};

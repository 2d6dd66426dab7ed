/** Programs whose names are kept: no name outside of this list gets into the store. */
export const PROGRAM_NAMES: ReadonlySet<string> = new Set(
  `ack act actionlint adb ag age agda alembic ansible ansible-playbook apk apt apt-cache apt-get ar argocd aria2c artisan as ast-grep astro at
  ava awk aws az b2 base32 base64 basedpyright basename bash bat batcat bazel bazelisk bc behave biome black blender brew btop buf bun bunx
  bundle bzip2 c++ c8 cabal caddy cal cargo case cat cc ccusage cd cdk certbot chattr chezmoi chgrp chmod choco chown chrome chromium circleci
  clang clang-format clang-tidy claude clear cloc cmake cmd cmp code codesign codex column comm command comm composer conan conda convert cp
  cpan cpio crontab csc csplit ctags ctest curl cut cypress dart date dbt dc dd declare deno df diff difft dig direnv dirname dlv dmesg
  docker docker-compose doctl dos2unix dotnet dpkg dprint dropdb du duckdb dune earthly echo ed egrep electron elixir emacs emcc env
  envsubst erl esbuild eslint eval ex exec exit expand expect export expr false fastlane fc fd fdfind ffmpeg ffprobe fgrep file find firebase fish flake8
  flask flow flutter flyctl fmt fold for forge free fswatch fuser fzf g++ gawk gcc gcloud gdb gem gemini getconf getent gh ghc ghci ginkgo git
  git-lfs gitleaks glab glow gmake go gofmt gofumpt goimports golangci-lint gopls goreleaser gosec gotestsum govulncheck gpg gprof gradle
  gradlew grep groups gsed gunicorn gunzip gyb gzip hadolint hardhat hash hatch head helm helmfile heroku hexdump hg history hostname
  htop http httpie hyperfine iconv id identify if ifconfig initdb insmod install invoke ioreg ip ipconfig ipython iostat isort ispell jar jasmine java
  javac jest jj jobs join journalctl jq jsonlint julia jupyter just k3d k6 k9s karma kill killall kind knip kotlin kotlinc ksh kubectl
  kustomize ktlint lake latexmk launchctl ld ldconfig ldd lean lein less let lerna lein ln lldb llc local locate logger lsblk
  lscpu lsof ls lsusb lua luac luacheck luajit lua5.4 magick make man markdownlint markdownlint-cli2 mc md5 md5sum mdbook meson minikube
  minitest mise mix mkdir mkdocs mkfifo mktemp mocha modprobe mongo mongosh more mount mprof mtr mutool mv mvn mvnw mypy mysql mysqladmin
  mysqldump nano nasm nc ncat neofetch netlify netstat next nextflow ng nginx ngrok nice nim nimble ninja nix nix-build nix-env nix-shell nl nm nmap
  node nodemon nohup nose2 nosetests notify-send nox npm nproc npx nslookup ntfy nuget numactl nvcc nvidia-smi nvim nvm nx nyc objcopy objdump ocaml od
  ollama op opam open openssl opencode osascript otool oxfmt oxlint packer pandoc parallel passwd paste patch pdflatex pdfinfo pdftoppm pdftotext pdm perf perl pest
  pg_dump pg_isready pg_restore pgrep php phpcs phpstan phpunit ping pip pip3 pipenv pipx pkg pkgutil pkill plantuml playwright plutil pm2
  pmap pnpm pnpx podman poetry popd pre-commit prettier printenv printf prisma ps psalm psql publint pulumi pushd pwd pwsh powershell py py.test
  pydoc pyenv pylint pyre pyright pytest python python2 python3 python3.8 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14
  qemu-system-x86_64 quarto R Rscript racket rails rake rbenv rclone read readelf readlink realpath rebar3 redis-cli redis-server reset return rg rm rmdir
  robocopy rolecall rollup rspec rsync rtk rubocop ruby ruff run-parts rustc rustfmt rustup rye s3cmd s5cmd sar sass sbt scala scalac scons scp screen
  script sd sed select semgrep seq serve set sf sfdx sfc sftp sh sha1sum sha256sum sha512sum shasum shellcheck shfmt shift shred shuf sleep snyk socat
  sort source split sqlc sqlfluff sqlite3 srb ss ssh ssh-add ssh-keygen stack staticcheck standard stat strace streamlit strings strip stripe stylelint su
  sudo sum supabase svelte-check svelte-kit svn swc swift swiftc swiftformat swiftlint sync sysctl systemctl systeminfo tac tail tailwindcss tap tar
  task taskkill tasklist tcpdump tee terraform terragrunt test time timeout tmux tokei top touch tox tput tr trap tree trivy true truffle truncate trunk ts-node tsc
  tsgo tsup tsx tty turbo ty type typedoc ulimit umask umount uname unexpand uniq unlink unset until unxz unzip update-alternatives uptime useradd uv uvicorn uvx
  vagrant vale valgrind vault vercel vi vim virtualenv vite vitepress vitest vmstat vue vue-tsc w wait watch watchexec watchman wasm-pack wc webpack wget
  where where.exe which while who whoami winget wrangler wsl wscat xargs xattr xcodebuild xcode-select xcrun xelatex xh xmllint xo xxd xz yamllint yarn yes yq
  ytdl yt-dlp zcat zig zip zipinfo zoxide zsh zstd 7z [ [[ : .`
    .split(/\s+/)
    // Windows PowerShell.
    .concat(
      `Add-Content Clear-Content Compare-Object ConvertFrom-Json ConvertTo-Json Copy-Item Expand-Archive Compress-Archive ForEach-Object Format-List
      Format-Table Get-ChildItem Get-Command Get-Content Get-Date Get-FileHash Get-Item Get-ItemProperty Get-Location Get-NetTCPConnection
      Get-Process Get-Service Group-Object Import-Module Invoke-Expression Invoke-RestMethod Invoke-WebRequest Join-Path Measure-Object
      Move-Item New-Item Out-File Out-String Remove-Item Rename-Item Resolve-Path Select-Object Select-String Set-Content Set-Item
      Set-Location Sort-Object Split-Path Start-Process Start-Sleep Stop-Process Test-Connection Test-Path Where-Object Write-Host Write-Output`.split(
        /\s+/,
      ),
    ),
);

const PACKAGES =
  "add audit build ci create dlx exec i info init install link list ls outdated pack publish rebuild remove run start test uninstall update upgrade version view why x";
const CONTAINERS =
  "build buildx compose container cp create exec image images info inspect kill logs network ps pull push restart rm rmi run start stats stop system tag top volume";

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Scripts and targets of projects whose names are as common as those of programs. */
export const COMMON_SCRIPTS = wordsOf(
  "all bench build check ci clean coverage compile deploy dev doc docs e2e fix fmt format generate help install lint package pre-commit preview release run serve setup start test tests tidy type-check typecheck types unit update validate verify watch",
);

/** Commands of programs whose names are kept behind that of the program. */
export const SUBCOMMANDS: Readonly<Record<string, ReadonlySet<string>>> = {
  git: wordsOf(
    "add am apply archive bisect blame branch bundle cat-file check-ignore checkout cherry cherry-pick clean clone commit config describe diff diff-tree fetch filter-branch for-each-ref format-patch fsck gc grep hash-object init lfs log ls-files ls-remote ls-tree merge merge-base mv name-rev notes prune pull push range-diff rebase reflog remote reset restore rev-list rev-parse revert rm shortlog show show-ref sparse-checkout stash status submodule switch symbolic-ref tag update-index update-ref version worktree",
  ),
  gh: wordsOf("api auth browse cache gist issue label pr project release repo run search secret workflow"),
  glab: wordsOf("api ci issue mr release repo"),
  npm: wordsOf(PACKAGES),
  pnpm: wordsOf(PACKAGES),
  yarn: wordsOf(PACKAGES),
  bun: wordsOf(PACKAGES),
  deno: wordsOf("bench check compile fmt install lint run task test"),
  go: wordsOf("build clean doc env fmt generate get install list mod run test tool version vet work"),
  cargo: wordsOf(
    "add audit b bench build c check clean clippy doc expand fetch fix fmt init install llvm-cov metadata new nextest publish r remove run search t test tree update",
  ),
  rustup: wordsOf("component default run show target toolchain update"),
  docker: wordsOf(CONTAINERS),
  podman: wordsOf(CONTAINERS),
  "docker-compose": wordsOf("build down exec logs ps pull restart run start stop up"),
  kubectl: wordsOf(
    "apply config cp create delete describe edit exec explain get logs patch port-forward rollout scale top wait",
  ),
  helm: wordsOf("dependency install lint list package rollback status template test uninstall upgrade"),
  terraform: wordsOf("apply console destroy fmt import init output plan show state validate workspace"),
  pip: wordsOf("check download freeze index install list show uninstall wheel"),
  pip3: wordsOf("check download freeze index install list show uninstall wheel"),
  uv: wordsOf("add build export init lock pip publish python remove run sync tool tree venv"),
  poetry: wordsOf("add build check env export install lock publish remove run show update"),
  pipx: wordsOf("install list run upgrade"),
  conda: wordsOf("activate create env install list remove run update"),
  brew: wordsOf("info install list outdated reinstall search services uninstall update upgrade"),
  apt: wordsOf("install list remove search show update upgrade"),
  "apt-get": wordsOf("install remove update upgrade"),
  dotnet: wordsOf("add build clean ef format list new nuget pack publish restore run sln test tool"),
  swift: wordsOf("build package run test"),
  flutter: wordsOf("analyze build clean create doctor drive pub run test"),
  dart: wordsOf("analyze compile fix format pub run test"),
  mix: wordsOf("compile credo deps dialyzer ecto format phx run test"),
  zig: wordsOf("build fmt run test"),
  bundle: wordsOf("add check exec install update"),
  gem: wordsOf("build install list update"),
  rails: wordsOf("console db generate runner server test"),
  composer: wordsOf("dump-autoload install remove require run show test update validate"),
  systemctl: wordsOf("disable enable list-units restart start status stop"),
  launchctl: wordsOf("bootout bootstrap list load print unload"),
  ollama: wordsOf("list pull ps run serve show"),
  claude: wordsOf("doctor mcp plugin update"),
  nx: wordsOf("affected build graph lint run run-many test"),
  turbo: wordsOf("build lint prune run test typecheck"),
  prisma: wordsOf("db format generate migrate studio validate"),
  playwright: wordsOf("codegen install show-report test"),
  wrangler: wordsOf("d1 deploy dev kv login r2 secret tail whoami"),
  supabase: wordsOf("db functions gen init link migration start status stop"),
  mise: wordsOf("exec install list ls run use which x"),
};

/** Modules that `python -m` is often used for. */
export const PYTHON_MODULES = wordsOf(
  "ast black build compileall coverage doctest flake8 http.server isort json.tool mypy pip pipx py_compile pylint pytest ruff timeit unittest uvicorn venv",
);

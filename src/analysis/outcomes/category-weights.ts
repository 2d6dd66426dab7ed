import { readWeights } from "../../domain/weights.ts";

/** Points of evidence for each category, in the order of `CATEGORIES`, in hundredths; written by test/eval/train-categories.ts. */
export const CATEGORY_WEIGHTS = readWeights(`
accepts:added 17 -29 9 -5 -7 2 3 10; accepts:added-end 19 -8 -8 -1 0 2 -1 -2; accepts:cause -10 -10 37 -9 9 -13 4 -8
accepts:choice -12 17 -10 10 -24 -1 1 20; accepts:docs 11 -1 -17 4 -7 -5 4 10; accepts:explain -10 6 21 7 -13 -14 -5 7
accepts:explain-end -32 21 -4 -5 -3 12 1 10; accepts:fixed -13 0 45 -9 -8 -5 -15 6
accepts:fixed-end -18 -7 40 -11 -4 6 1 -8; accepts:git 38 -21 -17 5 -7 24 -13 -9
accepts:offers -13 32 26 -5 -22 -15 -18 14; accepts:offers:do 15 -16 15 8 -14 2 -23 13
accepts:offers:fix -31 7 44 -6 -3 8 -20 0; accepts:offers:git -24 -13 14 -3 -2 13 23 -9
accepts:offers:refactor 1 27 -5 -12 -4 -15 -2 11; accepts:plan -12 11 6 29 -10 -21 -4 1
accepts:plan-end -5 0 12 11 -2 -20 5 0; accepts:refactor -19 42 -6 -14 -8 17 -6 -5
accepts:refactor-end 23 14 -23 -3 -2 0 -6 -4; accepts:review -26 -18 21 0 -9 44 -9 -4
accepts:short 16 23 -9 -7 0 0 -17 -6; agents:explore -8 2 23 42 1 -22 -7 -32; agents:review 2 -14 -25 -3 -22 80 -6 -13
agents:unseen 103 25 -32 5 -26 7 -63 -17; answers:added 0 -24 28 -12 -4 -8 8 13
answers:added-end 11 -1 -14 3 6 10 -11 -4; answers:cause -9 -11 13 8 27 -18 8 -17
answers:cause-end 14 -7 -15 -5 2 3 1 6; answers:choice 9 -8 -14 1 -38 1 0 48; answers:docs 35 -21 -26 -17 4 -5 -24 53
answers:docs-end 4 1 -12 1 -8 13 -8 11; answers:explain -11 -13 8 12 -23 13 19 -5
answers:explain-end -37 15 9 -14 -6 9 -5 29; answers:fixed 7 -21 -8 -20 9 26 18 -12
answers:fixed-end -10 -7 37 -17 -13 23 -5 -9; answers:git -19 8 -18 -15 0 56 -19 8
answers:git-end 22 -22 -12 -1 11 -1 6 -3; answers:nothing 77 23 -30 -51 22 21 -40 -21
answers:offers 10 -2 -12 0 -20 5 -9 27; answers:offers:do 48 -27 -16 2 5 -10 -14 13
answers:offers:fix 0 10 14 -10 -17 0 -10 13; answers:offers:git -26 -11 -7 1 -26 23 36 11
answers:offers:other -17 -19 23 4 16 1 -14 5; answers:offers:refactor -3 31 -12 -10 12 -25 -7 13
answers:offers:review -7 -2 -10 -1 -1 19 -1 3; answers:plan 6 -4 -2 39 -11 1 -7 -22
answers:plan-end 4 19 -6 17 -8 -27 2 -1; answers:refactor -28 28 -23 -12 -20 22 49 -15
answers:refactor-end 13 7 -14 -7 -12 2 13 -1; answers:review -8 -31 11 -8 0 29 -10 17
answers:short 3 -23 18 -7 35 -9 0 -16; answers:tests -16 17 -31 3 29 7 -11 3; answers:tests-end -11 -3 -5 -3 0 18 7 -2
any 62 -34 14 -17 42 -20 -16 -31; before:code-generation 43 -20 36 -70 23 -4 14 -21
before:debugging -7 -39 94 -52 18 1 19 -35; before:docs -5 -4 -23 -53 21 -12 -25 101
before:git -4 -29 8 -11 2 3 51 -20; before:planning -1 6 -55 93 -2 -39 0 -3; before:question -10 22 20 27 9 -68 -11 12
before:refactoring -36 57 -28 20 -19 8 7 -10; before:review -41 -27 -2 -18 11 121 -27 -17
checks 64 61 53 -78 -10 23 -24 -88; checks:red 71 21 58 -28 -22 8 -52 -56
code-generation:feature 80 -9 -20 7 -23 -22 -30 17; code-generation:style 59 -6 35 4 -29 -22 -13 -28
code-generation:test 29 -20 -6 22 -6 24 -22 -20; debugging:bug -57 -15 77 17 -29 1 -1 6
debugging:error -11 -2 15 -21 18 28 -7 -21; debugging:expected -33 -17 25 18 0 9 -6 5
debugging:fails -47 -33 51 -5 10 45 -9 -13; debugging:fix -32 -25 47 5 -8 -5 20 -2
debugging:investigate 13 -8 12 22 -7 -19 -9 -4; debugging:why -26 16 41 -13 6 -12 -6 -5
docs:changelog -38 -4 -13 -1 -3 -9 25 44; docs:docs 7 -27 -44 -31 -31 -7 22 111; docs:file 9 -13 -15 -29 -4 -24 16 59
edits:replaced -49 103 -52 -46 -16 -6 48 18; files:docs -102 -35 -66 55 13 -15 2 147
files:plan -20 -19 -9 90 7 -9 3 -42; first:code-generation -7 -9 -8 -21 -5 23 -19 46
first:debugging -68 -18 102 21 6 1 -19 -24; first:docs 19 19 9 0 -8 -16 -16 -8; first:git -62 -15 -7 0 -30 -15 144 -16
first:planning -8 29 -8 64 -39 -29 -36 27; first:question -23 -28 -7 -4 56 44 -30 -8
first:refactoring -42 114 -65 15 -55 13 28 -7; first:review -30 -3 11 -18 -35 126 -39 -12
form:agreed 22 2 3 8 8 -10 14 -47; form:command -6 -10 -29 18 -19 43 18 -14; form:consent 52 26 -56 16 -52 30 -34 17
form:plan 56 37 -8 -20 -14 -56 -4 10; form:question -10 -15 -9 -2 101 8 -66 -7; form:request 11 32 1 -48 -56 -25 45 40
git:commit -14 -13 -28 -6 -7 -9 80 -3; git:merge -1 -23 13 -8 -25 -26 85 -14; git:pr -16 -5 20 -7 -2 -11 34 -13
git:push 9 -5 13 -17 -13 22 -7 -2; mode:plan -45 -18 -29 162 -34 -7 -14 -13
plan:proposed -31 -12 -32 115 -36 -12 11 -4; planning:design -11 -1 -34 65 -61 1 -23 65
planning:plan -7 -28 -9 75 -13 10 -16 -11; planning:propose 55 35 -34 17 -20 -21 -14 -17
prompt:correction 30 -35 40 34 -58 -18 -1 8; prompt:doubt 9 14 -12 14 -25 -8 -6 15
prompt:failure -21 -16 128 12 -25 -44 -20 -13; prompt:finding -53 -26 -26 -17 -8 140 -8 -2
prompt:long -12 -27 19 18 -68 64 -27 33; prompt:praise -4 10 -1 15 -7 3 -11 -4
prompt:pushback -24 23 39 0 22 -7 -7 -45; prompt:short 4 39 25 -14 -13 -29 12 -24
prompt:symptom -20 -36 54 -17 11 23 -14 -1; prompt:very-long -8 17 44 -25 -16 -16 -3 7
question:check -12 -9 12 -6 11 7 9 -11; question:explain -47 6 -30 42 39 -22 -3 15
question:find -7 -5 38 -6 13 -22 -25 13; refactoring:extract -40 67 -11 18 -21 22 -19 -16
refactoring:move -16 18 -12 14 -28 -11 41 -6; refactoring:refactor -24 54 -62 -30 26 -3 20 18
refactoring:remove 17 50 -31 -5 -14 -21 19 -15; refactoring:rename 8 11 -14 -2 -1 4 -11 6
refactoring:types -33 23 7 10 -8 2 -4 3; review:comments -26 -7 -9 -2 -14 75 -14 -2
review:feedback -14 -14 -5 -7 -2 54 -13 1; review:review -24 -3 -30 -6 -57 164 -16 -28
says:added 36 -3 -6 -15 -15 10 2 -8; says:added-end -11 -33 15 11 19 6 -13 7; says:cause 0 8 73 -23 -28 -15 -8 -7
says:cause-end 7 -15 34 -29 -38 28 -9 23; says:choice -44 -6 40 39 9 15 -40 -14; says:docs -17 3 -30 -13 4 -50 -20 124
says:docs-end 26 -17 -14 36 -15 -22 -8 14; says:explain -11 1 -7 16 39 -3 14 -49
says:explain-end 17 -14 15 -3 22 -22 -15 1; says:fixed -86 -44 56 -31 -4 78 51 -19
says:fixed-end -24 -33 43 0 -26 42 14 -16; says:git -37 -21 23 2 -37 -3 67 7; says:git-end -23 4 31 3 -9 -31 43 -18
says:nothing -12 6 39 -56 -14 14 29 -6; says:offers -9 -17 -23 24 2 1 11 12; says:offers:do 8 15 25 35 -9 -23 -25 -26
says:offers:docs -7 -3 -9 -1 2 4 -3 18; says:offers:fix -20 9 49 -23 6 30 -18 -32
says:offers:git -1 -17 -54 -42 -27 37 47 57; says:offers:other 23 -26 38 2 17 -47 35 -42
says:offers:refactor -10 21 -16 -6 -3 19 -8 3; says:offers:review -8 16 -20 -9 -18 35 4 -1
says:plan -14 -17 -52 89 -12 -6 37 -23; says:plan-end -16 16 12 -18 -2 10 -14 12
says:refactor -55 87 -20 -21 2 13 15 -20; says:refactor-end -32 50 -3 -16 -10 13 8 -10
says:review -25 -19 7 -15 -7 104 -32 -12; says:review-end -28 6 1 7 -16 31 -7 6
says:short 17 12 37 -15 -37 -38 44 -20; says:tests -13 23 -2 -29 -5 -13 44 -6
says:tests-end 4 45 -10 -13 -14 0 -3 -10; short-after:code-generation 21 -48 15 -22 9 12 6 6
short-after:debugging -2 -29 38 -13 20 -7 0 -7; short-after:docs 31 -7 4 -7 -15 -10 -14 18
short-after:git -18 -7 -32 -5 40 8 11 3; short-after:planning 25 -23 5 50 -5 -20 -11 -21
short-after:question -12 45 -20 -13 16 -3 -7 -6; short-after:refactoring 17 -15 -12 14 13 -5 -8 -3
short-after:review -36 -3 -7 -11 19 51 -3 -11; tools:edits 151 34 30 -59 -72 -13 -58 -14
tools:gh -26 -35 -12 -14 -9 105 4 -14; tools:git 3 -20 4 -32 -38 -42 126 -2; tools:only-git 32 -9 -45 -17 -22 7 81 -27
tools:read-only -89 -68 -16 41 115 -7 42 -17; tools:web 7 -19 -3 -2 60 -9 -13 -21
`);

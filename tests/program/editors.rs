//! The editors' files agree with the language: the same keywords in every grammar, the same names of everything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use weft::syntax::KEYWORDS;

use crate::common::{Folder, examples, read, root};

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).expect(path)
}

fn keywords() -> BTreeSet<&'static str> {
    KEYWORDS.into_iter().collect()
}

/// The words of a text, which is a list of them.
fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(|other: char| !other.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

#[test]
fn the_textmate_grammar_knows_exactly_the_languages_keywords() {
    let grammar = json("grammar/weft.tmLanguage.json");
    let patterns = grammar["repository"]["keywords"]["patterns"].as_array().expect("patterns").clone();
    let matches: Vec<&str> =
        patterns.iter().map(|pattern| pattern["match"].as_str().expect("a match")).collect();
    let inside = matches.iter().map(|one| one.trim_start_matches("\\b(?:").trim_end_matches(")\\b"));
    assert_eq!(inside.flat_map(words).collect::<BTreeSet<_>>(), keywords());
}

#[test]
fn the_extension_packs_that_grammar_and_no_copy_of_it() {
    let manifest = json("editors/vscode/package.json");
    let grammars = manifest["contributes"]["grammars"].as_array().expect("grammars");
    assert_eq!(grammars[0]["scopeName"], json("grammar/weft.tmLanguage.json")["scopeName"]);
    let packed = grammars[0]["path"].as_str().expect("a path").trim_start_matches("./");
    let ignored = read("editors/vscode/.gitignore");
    let folder = packed.split('/').next().expect("a folder");
    assert!(ignored.lines().any(|line| line.trim_matches('/') == folder), "{folder} is made, and ignored");
}

#[test]
fn the_problem_matcher_reads_what_check_prints() {
    let manifest = json("editors/vscode/package.json");
    let pattern = manifest["contributes"]["problemPatterns"][0]["regexp"].as_str().expect("a pattern");
    // What the pattern says, piece by piece; the extension's own tests run it.
    for piece in [":(\\d+):(\\d+):", "(error|warning|note)", "\\[([^\\]]+)\\]"] {
        assert!(pattern.contains(piece), "{pattern} without {piece}");
    }
}

#[test]
fn the_other_editors_know_exactly_the_languages_keywords() {
    let vim = read("editors/neovim/syntax/weft.vim");
    let groups =
        ["Declaration", "Control", "Logic", "Constant"].map(|group| format!("syntax match weft{group} "));
    let lists = vim.lines().filter_map(|line| groups.iter().find_map(|group| line.strip_prefix(group)));
    assert_eq!(lists.flat_map(words).collect::<BTreeSet<_>>(), keywords());
    let emacs = read("editors/emacs/weft-mode.el");
    let list = emacs.split_once("(defconst weft-keywords").and_then(|(_, rest)| rest.split_once("'("));
    let (list, _) = list.and_then(|(_, rest)| rest.split_once(')')).expect("a list of keywords");
    assert_eq!(words(list).collect::<BTreeSet<_>>(), keywords());
}

#[test]
fn the_tree_sitter_grammar_knows_exactly_the_languages_keywords_and_what_is_made_of_it_too() {
    let grammar = read("editors/tree-sitter-weft/grammar.js");
    let lists = ["const DECLARES = ", "const CONTROLS = ", "const KEYWORDS = "]
        .map(|list| grammar.split_once(list).and_then(|(_, rest)| rest.split_once("];")).expect(list).0);
    let quoted = lists.iter().flat_map(|list| list.split('"').skip(1).step_by(2));
    assert_eq!(quoted.collect::<BTreeSet<_>>(), keywords());
    let made = json("editors/tree-sitter-weft/src/grammar.json");
    let members = made["rules"]["_word"]["members"].as_array().expect("words").clone();
    let made: BTreeSet<_> = members.iter().filter_map(|member| member["value"].as_str()).collect();
    assert_eq!(made, keywords(), "run `tree-sitter generate --abi 14` in editors/tree-sitter-weft");
}

#[test]
fn helix_has_the_same_colours_under_its_own_names() {
    let names = [
        ("@number", "@constant.numeric"),
        ("@property", "@variable.other.member"),
        ("@string.escape", "@constant.character.escape"),
        ("@module", "@namespace"),
        ("@comment.documentation", "@comment.block.documentation"),
    ];
    let colours = read("editors/tree-sitter-weft/queries/highlights.scm");
    let renamed = names.iter().fold(colours, |text, (ours, theirs)| text.replace(ours, theirs));
    assert_eq!(read("editors/helix/queries/weft/highlights.scm"), renamed);
}

#[test]
fn the_tree_sitter_grammar_reads_every_example() {
    let compiled = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tree-sitter-weft.so");
    let folder = root().join("editors/tree-sitter-weft");
    if !installed("nvim") || !installed("cc") {
        return;
    }
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-I"]).arg(folder.join("src")).arg(folder.join("src/parser.c")).arg("-o");
    assert!(cc.arg(&compiled).status().expect("the compiler runs").success());
    let (copies, sources) = copies();
    let text = r#"
        local library, query = ...
        local ts = vim.treesitter
        if ts.language and ts.language.add then ts.language.add("weft", { path = library }) else ts.require_language("weft", library) end
        local function read(path) local file = assert(io.open(path)); local text = file:read("*a"); file:close(); return text end
        local parse = ts.query and ts.query.parse or ts.parse_query
        assert(#parse("weft", read(query)).captures > 10, "few colours")
        for _, path in ipairs(vim.fn.argv()) do
          local tree = ts.get_string_parser(read(path), "weft"):parse()[1]
          assert(not tree:root():has_error(), path)
        end
        io.stdout:write("all read")
    "#;
    let script = copies.put("read.lua", text);
    let call = format!(
        "lua local ok, why = pcall(loadfile('{}'), '{}', '{}/queries/highlights.scm'); if not ok then io.stdout:write(why) end",
        script.display(),
        compiled.display(),
        folder.display()
    );
    let mut command = Command::new("nvim");
    command.args(["--headless", "-u", "NONE", "-i", "NONE", "-n"]);
    command.args(sources.iter().map(|(path, _)| path)).args(["-c", &call, "-c", "qall!"]);
    let run = command.output().expect("Neovim runs");
    assert!(String::from_utf8_lossy(&run.stdout).ends_with("all read"), "{run:?}");
}

/// Whether a program answers; if not, a word about it.
fn installed(program: &str) -> bool {
    let answers = Command::new(program).arg("--version").output().is_ok_and(|run| run.status.success());
    if !answers {
        eprintln!("skipped: {program} is not installed");
    }
    answers
}

/// Every program of the examples and the standard library, in a folder of its own.
fn copies() -> (Folder, Vec<(PathBuf, String)>) {
    let folder = Folder::new();
    let library = std::fs::read_dir(root().join("std")).expect("the standard library");
    let library = library.map(|file| file.expect("a file").path());
    let examples = examples().into_iter().map(|path| root().join(path));
    let sources = examples.chain(library).map(|path| {
        let text = std::fs::read_to_string(&path).expect("a program");
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        (folder.put(name, &text), text)
    });
    let sources = sources.collect();
    (folder, sources)
}

/// Asserts that what an editor has indented is as it was.
fn unchanged(sources: &[(PathBuf, String)]) {
    for (path, text) in sources {
        let now = std::fs::read_to_string(path).expect("a program");
        let other = text.lines().zip(now.lines()).find(|(before, after)| before != after);
        assert!(now == *text, "{}: {other:?}", path.display());
    }
}

#[test]
fn neovim_indents_as_the_formatter_does_and_knows_labels_from_keywords() {
    if !installed("nvim") {
        return;
    }
    let (folder, mut sources) = copies();
    // It asks for the colour of every bracket on the way, which takes its time.
    sources.sort();
    let sources: Vec<_> = sources.into_iter().step_by(9).collect();
    let names = "synIDattr(synID(2, 10, 1), 'name') . ' ' . synIDattr(synID(1, 1, 1), 'name')";
    let commands = format!(
        "argdo set eventignore-=Syntax | set syntax=weft | normal! gg=G\nwall\nenew\nset filetype=weft\ncall setline(1, ['model M {{', 'x = a -> model.x: ReLU'])\n\
         call writefile([{names}], '{}/names')\nqall!\n",
        folder.path().display()
    );
    let script = folder.put("indent.vim", commands);
    let runtime = format!("set runtimepath^={}", root().join("editors/neovim").display());
    let mut command = Command::new("nvim");
    command.args([
        "--headless",
        "-u",
        "NONE",
        "-i",
        "NONE",
        "-n",
        "--cmd",
        "let g:weft_lsp = v:false",
        "--cmd",
        &runtime,
    ]);
    command.args(["--cmd", "filetype plugin indent on", "--cmd", "syntax on", "-S"]).arg(&script);
    let run = command.args(sources.iter().map(|(path, _)| path)).output().expect("Neovim runs");
    assert!(run.status.success(), "{run:?}");
    unchanged(&sources);
    let names = folder.read("names");
    assert_eq!(names.trim(), "weftLabel weftDeclaration", "{run:?}");
}

#[test]
fn emacs_indents_as_the_formatter_does() {
    if !installed("emacs") {
        return;
    }
    let (_folder, sources) = copies();
    let indent = "(dolist (file command-line-args-left) (with-current-buffer (find-file-noselect file) (font-lock-ensure) \
                  (unless (eq major-mode 'weft-mode) (error \"%s\" major-mode)) (let ((inhibit-message t)) \
                  (indent-region (point-min) (point-max)) (save-buffer))))";
    let mut command = Command::new("emacs");
    command.args(["--batch", "-Q", "-L"]).arg(root().join("editors/emacs"));
    command.args(["-l", "weft-mode", "--eval", indent]).args(sources.iter().map(|(path, _)| path));
    let run = command.output().expect("Emacs runs");
    assert!(run.status.success(), "{run:?}");
    unchanged(&sources);
}

//! Any sequence of edits leaves the server as if it had just met the text.

use std::fs;

use lsp_server::{Message, Notification};
use lsp_types::Uri;
use serde_json::{Value, json};

use crate::diagnostic::Diagnostic;
use crate::server::session::Session;

const EDITS: usize = 10_000;
/// After so many edits what is found is held to a cold start's; texts are compared after each.
const JUDGED: usize = 10;
const NAMES: [&str; 2] = ["file:///nowhere/weft/net.weft", "file:///nowhere/weft/blocks.weft"];

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, all: &'a [String]) -> &'a str {
        &all[self.roll(all.len())]
    }
}

fn notification(method: &str, params: Value) -> Message {
    Notification { method: method.into(), params }.into()
}

fn session() -> Session {
    let mut session = Session::new();
    let params = json!({ "capabilities": {} });
    let request = lsp_server::Request { id: 1.into(), method: "initialize".into(), params };
    assert!(session.take(request.into()).is_none());
    session.drain_outbox();
    session
}

fn open(session: &mut Session, uri: &str, text: &str) {
    let document = json!({ "uri": uri, "languageId": "weft", "version": 1, "text": text });
    session.take(notification("textDocument/didOpen", json!({ "textDocument": document })));
}

fn findings(session: &mut Session, uri: &str) -> Vec<Diagnostic> {
    session.view(&uri.parse::<Uri>().unwrap()).unwrap().snapshot.findings.clone()
}

/// The byte of a position, found line by line and unit by unit; `None` past the line after the last.
fn byte(text: &str, line: usize, character: usize) -> Option<usize> {
    let mut rest = text;
    for number in 0..=line {
        let end = rest.find(['\n', '\r']);
        if number == line {
            let mut column = 0;
            for (at, one) in rest[..end.unwrap_or(rest.len())].char_indices() {
                if column + one.len_utf16() > character {
                    return Some(text.len() - rest.len() + at);
                }
                column += one.len_utf16();
            }
            return Some(text.len() - rest.len() + end.unwrap_or(rest.len()));
        }
        match end {
            Some(at) => rest = &rest[at + if rest[at..].starts_with("\r\n") { 2 } else { 1 }..],
            None if number + 1 == line => return Some(text.len()),
            None => return None,
        }
    }
    None
}

/// A change, and what it makes of a text; `None` where it must be refused.
fn change(dice: &mut Dice, text: &str, pieces: &[String], wholes: &[String]) -> (Value, Option<String>) {
    if dice.roll(60) == 0 {
        let whole = dice.pick(wholes);
        return (json!({ "text": whole }), Some(whole.to_owned()));
    }
    let lines = text.split('\n').count();
    let position = |dice: &mut Dice| {
        let line = if dice.roll(40) == 0 { lines + dice.roll(3) } else { dice.roll(lines) };
        let character = if dice.roll(20) == 0 { 1_000_000 } else { dice.roll(60) };
        (line, character)
    };
    let (mut from, mut to) = (position(dice), position(dice));
    if dice.roll(10) < 8 {
        // What people do: a few characters of one line.
        to = (from.0, from.1 + dice.roll(4));
    }
    if from > to && dice.roll(10) > 0 {
        (from, to) = (to, from);
    }
    let piece = if dice.roll(3) == 0 { "" } else { dice.pick(pieces) };
    let places = byte(text, from.0, from.1).zip(byte(text, to.0, to.1)).filter(|_| from <= to);
    let after = places.map(|(start, end)| format!("{}{piece}{}", &text[..start], &text[end..]));
    let place = |(line, character)| json!({ "line": line, "character": character });
    (json!({ "range": { "start": place(from), "end": place(to) }, "text": piece }), after)
}

#[test]
fn after_any_edits_text_and_findings_are_a_cold_starts() {
    let edited = || {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/teaching");
        let mut wholes: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        wholes.sort();
        wholes.push("use \"blocks.weft\": A, B\nmodel 网 {\n    input x: [8, 16, 16] # 🦀\n    output y = x -> A(4) -> B\n}\n".into());
        wholes.push("block A(n) = Conv2d(n, kernel=3) -> ReLU\r\nblock B {\r\n    input x: [...]\r\n    output x + x\r\n}\r\n".into());
        let words = [
            "\n",
            "\r\n",
            "\r",
            " ",
            "🦀",
            "图",
            "{",
            "}",
            "(",
            ")",
            "\"",
            "# weft: allow(linear-chain)\n",
            "-> ReLU ",
            "-> Linaer(4)",
            "use \"net.weft\": M\n",
            "use \"blocks.weft\": A\n",
            "block A(n) = Linear(n)\n",
            "model M {\n",
            "    input x: [3]\n",
            "    output y = x -> A(4)\n",
            "1",
            "8",
            "n",
            "x",
        ];
        let mut pieces: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        pieces.extend(wholes.iter().flat_map(|whole| whole.lines()).map(|line| format!("{line}\n")));
        let mut dice = Dice(20_260_101);
        let mut texts = [wholes[wholes.len() - 2].clone(), wholes[wholes.len() - 1].clone()];
        let mut warm = session();
        texts.iter().zip(NAMES).for_each(|(text, name)| open(&mut warm, name, text));
        let (mut refused, mut found) = (0, 0);
        for version in 2..EDITS + 2 {
            let one = dice.roll(2);
            let (change, after) = change(&mut dice, &texts[one], &pieces, &wholes);
            let params = json!({ "textDocument": { "uri": NAMES[one], "version": version }, "contentChanges": [change] });
            assert!(warm.take(notification("textDocument/didChange", params)).is_none());
            let complaints = warm.drain_outbox().len();
            assert_eq!(complaints, usize::from(after.is_none()), "{change}");
            refused += complaints;
            texts[one] = after.unwrap_or_else(|| std::mem::take(&mut texts[one]));
            for (name, text) in NAMES.iter().zip(&texts) {
                assert_eq!(*warm.documents.get(&name.parse().unwrap()).unwrap().text, **text, "{change}");
            }
            if version % JUDGED == 0 {
                let mut cold = session();
                texts.iter().zip(NAMES).for_each(|(text, name)| open(&mut cold, name, text));
                for name in NAMES {
                    let cold = findings(&mut cold, name);
                    assert_eq!(findings(&mut warm, name), cold, "after {version} edits");
                    found += cold.len();
                }
            }
            if texts[one].len() > 8_000 {
                texts[one].clear();
                let params = json!({ "textDocument": { "uri": NAMES[one], "version": version }, "contentChanges": [{ "text": "" }] });
                warm.take(notification("textDocument/didChange", params));
            }
        }
        assert!(refused > 100 && found > 1_000, "{refused} refused, {found} found");
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(edited).unwrap().join().unwrap();
}

//! The texts to try: examples with pieces cut out, put in, doubled and moved, and rows of tokens.
//!
//! Main type: [`Texts`]. The same seed gives the same texts.

use std::path::Path;

use crate::irregular;

/// The longest text, in bytes: short texts are tried faster, and what is slow is slow on short texts.
const LONGEST: usize = 600;

/// Tokens of the language, and what is none.
const TOKENS: &[&str] = &[
    "use",
    "const",
    "block",
    "model",
    "input",
    "let",
    "layer",
    "param",
    "buffer",
    "for",
    "in",
    "if",
    "else",
    "assert",
    "output",
    "and",
    "or",
    "not",
    "true",
    "false",
    "none",
    "int",
    "trainable",
    "x",
    "y",
    "Conv2d",
    "_",
    "0",
    "3",
    "0.5",
    "26M",
    "1.",
    "1e",
    "\"s\"",
    "\"a{i}\"",
    "\"a{",
    "\"",
    "\\",
    "'",
    "->",
    "**",
    "*",
    "+",
    "-",
    "/",
    "//",
    "%",
    "@",
    "==",
    "!=",
    "<",
    "<=",
    "=",
    ":",
    ",",
    ".",
    "..",
    "...",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\n",
    "\r\n",
    "\r",
    "#",
    "# c\n",
    "## d\n",
    ";",
    "&&",
    "||",
    "|>",
    "=>",
    "!",
    "é",
    "幅",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\0",
    "\t",
    "f(",
    "a[",
    "b{",
    "x: [",
    "if c {",
    "for i in 0..2 {",
    "} else {",
    "model M {\n",
    "block B(a=1) {\n",
    "x = ",
    "\noutput ",
    "# weft: ignore x\n",
];

/// Pseudo-random numbers (xorshift64*), the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        (number % bound.max(1) as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// An endless row of texts.
pub struct Texts {
    random: Random,
    pieces: Vec<String>,
}

impl Texts {
    /// Texts made from the programs in some folders.
    pub fn new(seed: u64, folders: &[&Path]) -> Texts {
        let mut programs = Vec::new();
        folders.iter().for_each(|folder| collect(folder, &mut programs));
        programs.sort();
        let texts = programs.iter().filter_map(|path| std::fs::read_to_string(path).ok());
        let pieces = texts.flat_map(|text| cut(&text)).collect();
        Texts { random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), pieces }
    }

    /// The next text.
    pub fn next_text(&mut self) -> String {
        let mut text = match self.random.below(8) {
            0 | 1 => self.tokens(),
            2 => self.nest(),
            3 => self.tokens_inside(),
            _ => self.mutated(),
        };
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text
    }

    fn tokens(&mut self) -> String {
        let count = 1 + self.random.below(60);
        let blank = self.random.below(3);
        let mut text = String::new();
        for _ in 0..count {
            text.push_str(self.random.of(TOKENS));
            if blank > 0 && self.random.below(3) < blank {
                text.push(' ');
            }
        }
        text
    }

    fn tokens_inside(&mut self) -> String {
        let enclosing = self.random.of(irregular::ENCLOSING);
        format!("{enclosing}{}", self.tokens())
    }

    fn nest(&mut self) -> String {
        let enclosing = self.random.of(irregular::ENCLOSING);
        let mut text = enclosing.to_owned();
        for _ in 0..=self.random.below(4) {
            let (open, _) = irregular::OPENING[self.random.below(irregular::OPENING.len())];
            let following = self.random.of(irregular::FOLLOWING);
            let unit = if self.random.below(2) == 0 { open.to_owned() } else { format!("{open}{following}") };
            text.push_str(&unit.repeat(1 + self.random.below(40)));
            text.push_str(following);
        }
        text
    }

    /// Some lines of a program, with one to six changes.
    fn mutated(&mut self) -> String {
        let mut text = self.piece();
        for _ in 0..=self.random.below(6) {
            let (from, to) = (self.place(&text), self.place(&text));
            let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
            let to = (to..=text.len()).find(|to| text.is_char_boundary(*to)).unwrap_or(text.len());
            match self.random.below(6) {
                0 => text.replace_range(from..to, ""),
                1 => text.insert_str(from, self.random.of(TOKENS)),
                2 => text.replace_range(from..to, self.random.of(TOKENS)),
                3 => {
                    let copy = text[from..to].repeat(1 + self.random.below(5));
                    text.insert_str(from, &copy);
                }
                4 => text.truncate(to),
                _ => {
                    let other = self.piece();
                    text.insert_str(from, &other);
                }
            }
        }
        text
    }

    fn piece(&mut self) -> String {
        let at = self.random.below(self.pieces.len());
        self.pieces.get(at).cloned().unwrap_or_default()
    }

    fn place(&mut self, text: &str) -> usize {
        let at = self.random.below(text.len() + 1);
        (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
    }
}

/// A program's stretches of a few lines.
fn cut(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines.chunks(8).map(|lines| lines.join("\n")).filter(|piece| piece.len() < LONGEST).collect()
}

fn collect(folder: &Path, programs: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, programs);
        } else if path.extension().is_some_and(|extension| extension == "weft") {
            programs.push(path);
        }
    }
}

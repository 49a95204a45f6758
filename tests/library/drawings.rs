//! Drawings as people get them: what is folded, what is drawn once, what is never taken for markup.

use weft::analysis::{Analysis, analyse};
use weft::back::drawing::{DetailLevel, Picture};
use weft::back::{Job, TARGETS};
use weft::front::weft::Program;
use weft::report::{FORMATS, Report};

use crate::common::{Run, sound};

struct Models {
    program: Program,
    analyses: Vec<Analysis>,
}

impl Models {
    fn of(text: &str) -> Models {
        let program = sound(text);
        let analyses = program.models.iter().map(|graph| analyse(graph)).collect();
        Models { program, analyses }
    }

    fn to(&self, format: &str) -> String {
        let models: Vec<_> = self.program.models.iter().map(|graph| &**graph).zip(&self.analyses).collect();
        let target = TARGETS.find(format).expect("a target");
        target.writer.text(&Job { models: &models, depth: None }).expect("a drawing")
    }

    fn page(&self) -> String {
        self.report("html")
    }

    fn report(&self, format: &str) -> String {
        let models = self.program.models.iter().map(|graph| &**graph).zip(&self.analyses).collect();
        let mut text = Vec::new();
        let format = FORMATS.find(format).expect("a format");
        (format.writer)(&Report { models, ..Report::default() }, &mut text).expect("a report");
        String::from_utf8(text).expect("UTF-8")
    }

    fn picture(&self) -> Picture {
        Picture::of(&self.program.models[0], &self.analyses[0], DetailLevel::ALL)
    }

    /// Every box with how often it stands there: `block × 3`.
    fn boxes(&self) -> Vec<String> {
        let picture = self.picture();
        picture.boxes.iter().map(|part| format!("{} {} {}", part.name, part.kind, part.repeats)).collect()
    }
}

const SIAMESE: &str =
    "block Tower(features) = conv: Conv2d(4, kernel=3) -> ReLU -> Flatten -> fc: Linear(features)
model Siamese {
    input left: [1, 8, 8]
    input right: [1, 8, 8]
    layer tower = Tower(5)
    a = left -> tower
    b = right -> tower
    output similarity = (a - b) -> Abs -> head: Linear(1) -> Sigmoid
}";

const RESIDUAL: &str = "block Residual(stride=1) {
    input x: [C, H, W]
    h = x -> conv: Conv2d(C, kernel=3, pad=1, stride=stride, bias=false) -> norm: BatchNorm -> ReLU
    skip = if stride == 1 { x } else { x -> down: Conv2d(C, kernel=1, stride=stride) }
    output h + skip
}
model Net {
    input image: [8, 16, 16]
    x = image -> body[0]: Residual(stride=2)
    for i in 1..4 { x = x -> body[i]: Residual }
    output y = x
}";

#[test]
fn a_shared_tower_is_drawn_once_with_both_uses_leading_to_it() {
    let models = Models::of(SIAMESE);
    insta::assert_snapshot!("siamese_dot", models.to("dot"));
    insta::assert_snapshot!("siamese_mermaid", models.to("mermaid"));
    let picture = models.picture();
    assert_eq!(picture.boxes.iter().filter(|part| part.kind == "Tower").count(), 1);
    let into: Vec<_> =
        picture.arrows.iter().filter(|arrow| !arrow.uses.is_empty()).map(|a| &a.uses).collect();
    assert_eq!(into, [&vec![1], &vec![2], &vec![1, 2]]);
}

#[test]
fn equal_blocks_in_a_row_are_one_box_and_the_first_which_differs_is_another() {
    let models = Models::of(RESIDUAL);
    insta::assert_snapshot!("residual_dot", models.to("dot"));
    insta::assert_snapshot!("residual_mermaid", models.to("mermaid"));
}

#[test]
fn neighbours_that_repeat_together_are_one_box() {
    let boxes = Models::of(
        "block Dense = conv: Conv2d(2, kernel=3, pad=1) -> ReLU
         model Net {
             input x: [4, 8, 8]
             for i in 0..5 {
                 new = x -> layer[i]: Dense
                 x = (x, new) -> Concat(axis=0)
             }
             output y = x
         }",
    )
    .boxes();
    assert!(boxes.contains(&"  × 5".to_string()), "{boxes:#?}");
    assert!(boxes.contains(&"layer.0 … 4 Dense ".to_string()), "{boxes:#?}");
    assert_eq!(boxes.iter().filter(|told| told.contains("Concat")).count(), 1);
}

#[test]
fn blocks_that_differ_in_a_size_or_whose_middle_is_read_are_not_folded() {
    let count = |text: &str| {
        let boxes = Models::of(text).boxes();
        boxes.iter().filter(|told| told.contains(" Step ")).count()
    };
    let body = |rest: &str| {
        format!(
            "block Step(n=4) = fc: Linear(n) -> ReLU
             model M {{ input x: [4]  xs = [x]  {rest} }}"
        )
    };
    let all = "for i in 0..3 { xs = xs + [xs[-1] -> s[i]: Step] }";
    assert_eq!(count(&body(&format!("{all} output y = xs[-1]"))), 1, "a chain");
    assert_eq!(count(&body(&format!("{all} output y = xs[-1] + xs[2]"))), 2, "its middle is added");
    assert_eq!(
        count(&body(&format!("{all} output y = xs[-1]  output mid = xs[1]"))),
        2,
        "its middle is an output"
    );
    assert_eq!(count(&body(&format!("{all} output y = xs[1..4] -> Concat(axis=0)"))), 1, "all are gathered");
    assert_eq!(
        count(&body("output y = x -> s: Step(4) -> t: Step(5) -> u: Step(5)")),
        3,
        "other sizes, other names"
    );
}

#[test]
fn equal_blocks_side_by_side_are_folded_and_said_to_be() {
    let text = "block Head = fc: Linear(2) -> ReLU
        model M {
            input x: [4]
            ys = []
            for i in 0..3 { ys = ys + [x -> head[i]: Head] }
            output y = ys -> Concat(axis=0)
        }";
    let boxes = Models::of(text).boxes();
    assert!(boxes.contains(&"head.0 … 2 Head × 3 side by side".to_string()), "{boxes:#?}");
}

#[test]
fn one_set_of_weights_used_again_and_again_is_said_to_be() {
    let text = "block Group = fc: Linear(4) -> ReLU
        model Albert { input x: [4]  layer group = Group  output y = x -> group * 12 }";
    let boxes = Models::of(text).boxes();
    assert!(boxes.contains(&"group Group × 12, one set of weights".to_string()), "{boxes:#?}");
}

#[test]
fn a_layer_used_again_later_has_an_arrow_back() {
    let text = "model Loop {
            input x: [4]
            layer f = Linear(4)
            output y = x -> f -> g: ReLU -> f -> h: Tanh
        }";
    let picture = Models::of(text).picture();
    let name = |id: usize| picture.boxes[id].name.clone() + &picture.boxes[id].kind;
    let arrows: Vec<_> = picture.arrows.iter().map(|a| (name(a.from), name(a.to), a.uses.clone())).collect();
    assert!(arrows.contains(&("gReLU".into(), "fLinear".into(), vec![2])), "{arrows:#?}");
    assert!(arrows.contains(&("fLinear".into(), "hTanh".into(), vec![2])), "{arrows:#?}");
}

#[test]
fn a_tied_layer_says_to_which() {
    let text = "model Tied {
            input t: int[3]
            layer words = wte: Embedding(10, 4)
            output y = t -> words -> head: Linear(10, bias=false, weight=words.weight)
        }";
    assert!(Models::of(text).to("mermaid").contains("tied → wte"));
}

/// A model whose names are made of what means something to the formats; and the same with harmless names.
fn hostile() -> (String, String) {
    let names = [
        r#"<script>alert(1)</script>"#,
        r#"\"]; subgraph x [\""#,
        r#"a & b &lt; \\N \\l"#,
        "%% end --> #quot; `md`",
        "]]> <!-- </title></style></svg>",
    ];
    let model = |name: &dyn Fn(usize) -> String| {
        let layers: String = (0..names.len()).map(|i| format!(" -> \"{}\": Linear(4)", name(i))).collect();
        format!("model M {{ input x: [4]  output y = x{layers} }}")
    };
    (
        model(&|i| names[i].replace(['{', '}'], "")),
        model(&|i| format!("plain_{}", char::from(b'a' + i as u8))),
    )
}

/// What is left of a text in double quotes' grammar when every quoted string is taken out.
fn without_strings(text: &str) -> String {
    let mut left = String::new();
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            c if !inside => left.push(c),
            _ => {}
        }
    }
    assert!(!inside, "a string that does not end");
    left
}

/// The names of a page's elements, in order.
fn tags(text: &str) -> Vec<&str> {
    let tags = text.split('<').skip(1);
    tags.map(|tag| tag.split([' ', '>', '\n']).next().expect("a name")).collect()
}

#[test]
fn no_name_is_taken_for_markup() {
    let (hostile, plain) = hostile();
    let (hostile, plain) = (Models::of(&hostile), Models::of(&plain));
    for format in ["dot", "mermaid"] {
        assert_eq!(without_strings(&hostile.to(format)), without_strings(&plain.to(format)), "{format}");
    }
    // Quotes end at the same places; an escape means nothing else to Mermaid than its number.
    let mermaid = hostile.to("mermaid");
    assert!(mermaid.lines().all(|line| line.matches('"').count() % 2 == 0), "{mermaid}");
    assert!(!mermaid.contains(['\\', '`', '&']) && !mermaid.contains("%% end"), "{mermaid}");
    assert!(hostile.to("dot").contains(r#"a &amp; b &amp;lt; \\N \\l"#), "{}", hostile.to("dot"));
    assert_eq!(tags(&hostile.to("svg")), tags(&plain.to("svg")));
    assert_eq!(tags(&hostile.page()), tags(&plain.page()));
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_has_the_totals() {
    let page = Models::of(SIAMESE).page();
    let addresses: Vec<_> =
        ["src=", "href=\"http", "url(", "@import"].into_iter().filter(|a| page.contains(a)).collect();
    assert!(addresses.is_empty(), "{addresses:?}");
    let models = Models::of(SIAMESE);
    for total in [&models.analyses[0].totals.parameters, &models.analyses[0].totals.macs] {
        assert!(page.contains(&format!("<b>{total}</b>")), "{total}");
    }
}

#[test]
fn several_models_or_none_are_one_drawing() {
    let two = Models::of(
        "model A { input x: [2]  output y = x -> ReLU }  model B { input x: [3]  output y = x -> Tanh }",
    );
    assert_eq!(two.to("dot").matches("digraph").count(), 2);
    assert_eq!(two.to("mermaid").matches("flowchart").count(), 1);
    assert_eq!(two.to("mermaid").matches("subgraph").count(), 2);
    assert_eq!(two.to("svg").matches("<svg").count(), 1);
    assert_eq!(two.page().matches("<article").count(), 2);
    let none = Models::of("block B = ReLU");
    assert_eq!(none.to("dot"), "");
    assert!(none.to("svg").contains("</svg>"));
    assert!(none.page().contains("no complete model"));
}

#[test]
fn a_chosen_depth_opens_so_many_levels_and_is_no_option_of_a_document() {
    let build = |arguments: &[&str]| {
        let build = ["build", "examples/text/gpt2.weft", "--model", "GPT2Small"];
        let run = Run::at_root(&[&build, arguments].concat());
        (run.status, run.out, run.err)
    };
    for format in ["dot", "mermaid", "svg"] {
        let (_, closed, _) = build(&["--to", format, "--depth", "0"]);
        let (_, opened, _) = build(&["--to", format, "--depth", "1"]);
        assert!(!closed.contains("FeedForward") && !closed.contains("GELU"), "{closed}");
        assert!(opened.contains("FeedForward") && !opened.contains("GELU"), "{opened}");
    }
    let (status, _, said) = build(&["--to", "yaml", "--depth", "1"]);
    assert!(status == Some(2) && said.contains("`--depth` is for drawings"), "{said}");
}

#[test]
fn a_block_called_sequential_is_a_block_and_no_chain() {
    let models = Models::of(
        "block Sequential(n) = conv: Conv2d(n, kernel=3, pad=1) -> BatchNorm -> ReLU
model Named {
    input x: [3, 8, 8]
    output y = x -> stem: Sequential(4) -> tail: (Conv2d(4, kernel=1) -> ReLU)
}",
    );
    assert!(models.boxes().contains(&"stem Sequential ".to_string()), "{:?}", models.boxes());
    assert!(!models.boxes().iter().any(|shown| shown.starts_with("tail Sequential")), "{:?}", models.boxes());
    let drawing = models.to("mermaid");
    assert!(drawing.contains("stem  Sequential"), "{drawing}");
    let document = models.to("yaml");
    assert!(document.contains("path: stem\n    definition: Sequential"), "{document}");
    let report = models.report("markdown");
    assert!(report.contains("| `stem` | Sequential |"), "{report}");
    assert!(report.contains("| `tail.0` | Conv2d |"), "{report}");
}

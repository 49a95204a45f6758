//! What the layout looks like.

use weft::format::format;

use super::formatted;

fn shown(text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    let _scope = settings.bind_to_scope();
    insta::assert_snapshot!(
        std::thread::current().name().unwrap_or("").rsplit("::").next().unwrap_or(""),
        formatted(text)
    );
}

#[test]
fn a_program_on_one_line_gets_lines() {
    shown(
        "use std.vision:ConvNormAct block B(n)=Conv2d(n,kernel=3,pad=1,bias=false)->BatchNorm->ReLU const k=[3,5] \
         model M(n=8,flag=true){input x:[3,H=32,W=32] let w=n*2**-1//1 for i,(a,b)in[[1,2],[3,4]]{if a>0 and not(b==2)\
         {x=x->layer{i+1}[a]:B(n)}else{x=-x+1}} param p=a.b:[n],trainable=false output x->B(w),x}",
    );
}

#[test]
fn a_long_chain_breaks_before_arrows_and_keeps_unlabelled_stages_with_labelled_ones() {
    shown(
        "model M { input image: [3, 224, 224] output logits = image -> features.conv0: Conv2d(64, kernel=7, stride=2, \
         pad=3, bias=false) -> features.norm0: BatchNorm -> ReLU -> MaxPool2d(3, stride=2, pad=1) -> Flatten -> ReLU \
         -> Sigmoid -> Tanh -> ReLU -> Sigmoid -> Tanh -> ReLU -> Sigmoid -> Tanh -> Softmax -> head: Linear(10) }",
    );
}

#[test]
fn calls_lists_conditions_and_heads_break_where_they_are_too_long() {
    shown(
        "block Wide(an_argument_of_some_length=1, another_argument_of_length=2, a_third_argument_of_length=3, last_of_them=4) \
         { input x: [C] output x -> A_long_label_of_a_stage: Conv2d(an_argument_of_some_length, kernel=another_argument_of_length, \
         stride=a_third_argument_of_length) }
         block ChainOf(an_argument_of_some_length=1) = Conv2d(an_argument_of_some_length, kernel=1, stride=2) -> BatchNorm -> ReLU
         const numbers = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000, 12000, 13000, 14000, 15000, 16000, 17000]
         const table = [[1000, 2000, 3000, 4000], [5000, 6000, 7000, 8000], [9000, 10000, 11000, 12000], [13000, 14000, 15000, 16000]]
         model M { input x: [3, 32, 32]
         y = x -> a_label_that_is_long: Conv2d(64, kernel=3, stride=1, pad=1, dilation=1, groups=1, bias=false, pad_mode=\"zeros\")
         z = (x -> first: Conv2d(64, kernel=1) -> ReLU, x -> second: Conv2d(64, kernel=1) -> ReLU, x -> third: Conv2d(64, kernel=3)) -> Add
         assert y.shape[0] == 64 and y.shape[1] == 32 and y.shape[2] == 32 and z.shape[0] == 64 and z.shape[1] == 32, \"because\"
         assert y.shape[0] == 64 and y.shape[1] == 32 and y.shape[2] == 32 and z.shape[0] == 64 and z.shape[1] == 32 and z.rank == 3
         let total = first_summand_of_a_sum * 2 + second_summand_of_a_sum * 2 + third_summand_of_a_sum * 2 + the_fourth_one * 2
         skip = if y.shape[0] == z.shape[0] { y -> a_label: Conv2d(64, kernel=1) } else { z -> another_label: Conv2d(64, kernel=3) }
         for i, (kernel, width) in [[1, 2], [3, 4]] { x = x -> stage[i]: Conv2d(width, kernel=kernel, bias=false) -> BatchNorm -> ReLU }
         output y }",
    );
}

#[test]
fn breaks_at_seams_are_the_authors_and_others_are_not() {
    shown(
        "model M {\n  input\n  x\n  :\n  [3,\n  4]\n\n\n\n  y = x -> \n  ReLU -> f(\n 1, 2) ->\n  g(\n 1,\n 2\n )\n  z = (\n y\n -> \
         ReLU\n )\n  let n = 1 +\n 2\n  if n == 3 { z = z\n -> ReLU }\n  if n == 3 {\n z = z -> ReLU } else { z = y }\n\
         let m =\n    3\n  output z\n\n}",
    );
}

#[test]
fn columns_stay_columns() {
    shown(
        "block B {
  input x:      [T, D]
  input memory: [S, D] = x
  a   = x -> q:   Linear(1)     -> ReLU
  bb  = x -> key: Linear(22)    -> ReLU
  (q, r) = x
  c    = x  # one
  dddd = (x  -> ReLU)    # two
  if true {              # three
    e = x                # four
  }
  let rows = [
    [1,   -2.5],
    [100, 4],
  ]
  output (x      -> q: ReLU,
          memory -> k: ReLU)
}
",
    );
}

#[test]
fn comments_stay_where_they_are() {
    shown(
        "# the file's\n\n## documented\nmodel M { # behind the brace\n  # above a statement\n  input x: [3] # beside\n  \
         y = x # before an arrow\n  -> ReLU\n  # between stages\n  -> f(1 # in a call\n  , 2, # behind a comma\n # last\n )\n  \
         if true { # in a branch\n  z = y }\n  # between branches\n  else { z = y }\n  let rows = [\n  # a head\n\n  [1, 2],\n\n  \
         [3, 4] # no comma\n  ]\n  output z\n  # at the end\n}\n# the file's end\n",
    );
}

#[test]
fn a_line_whose_findings_are_allowed_stays_one_line() {
    let line = "model M { input x: [3]  output x -> Linear(1000) -> Linear(1000) -> Linear(1000) -> Linear(1000) -> \
                Linear(1000) -> Linear(1000) } # weft: allow(linear-chain)";
    assert_eq!(formatted(line).lines().count(), 1, "{}", formatted(line));
}

#[test]
fn line_ends_and_the_mark_at_the_start_stay() {
    assert_eq!(
        formatted("\u{feff}const a=1\r\n\r\n\r\n# c  \r\nconst b=2"),
        "\u{feff}const a = 1\r\n\r\n# c\r\nconst b = 2\r\n"
    );
    assert_eq!(formatted(""), "");
    assert_eq!(formatted("\n\n# only a comment  \n\n"), "# only a comment\n");
}

#[test]
fn what_cannot_be_read_has_no_layout() {
    let error = format("model M {\n    output x ->\n}\nconst = 3\n").expect_err("two errors");
    assert_eq!(error.errors.len(), 2);
    assert_eq!(error.to_string(), "expected a layer after `->`, and 1 more");
}

#[test]
fn nesting_up_to_the_limit_is_laid_out() {
    let deep = format!("const a = {}1{}\n", "(".repeat(256), ")".repeat(256));
    assert_eq!(formatted(&formatted(&deep)), formatted(&deep));
    let deep = format!("model M {{ {} y = x {} }}", "if true {".repeat(255), "}".repeat(255));
    assert_eq!(formatted(&formatted(&deep)), formatted(&deep));
}

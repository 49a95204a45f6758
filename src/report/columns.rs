//! The columns that a report can have: a table, one line each.
//!
//! Main type: [`Column`]. [`COLUMNS`] is the registry; the usual ones are shown unless others are asked for.

use crate::analysis::{
    Analysis, AtDefaults, MemoryConfig, ReceptiveField, Sharing, Training, attention_cost, dense_equivalent,
    intensity, moved, receptive_fields, training,
};
use crate::diagnostic::nearest;
use crate::ir::{Count, ElementType, Graph, Role, WeightId};
use crate::report::{ColumnValue, Report, ReportLine};

/// A column.
#[derive(Debug)]
pub struct Column {
    /// How `--columns` and `--sort` call it, and its heading in CSV.
    pub key: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// What it tells, in a few words.
    pub doc: &'static str,
    /// True for numbers, which stand at the right.
    pub right: bool,
    /// The order in which columns are left out of a narrow table; `None` for one that stays.
    pub leaves: Option<u8>,
    /// True for one that is shown unless others are asked for.
    pub is_usual: bool,
    /// True where the numbers of all lines add up to the model's.
    pub adds_up: bool,
    /// What it is of a line.
    pub value: fn(&ReportLine, &Context) -> ColumnValue,
}

const WORDS: Column = Column {
    key: "",
    heading: "",
    doc: "",
    right: false,
    leaves: None,
    is_usual: true,
    adds_up: false,
    value: |_, _| ColumnValue::Nothing,
};

/// A usual column of numbers.
const fn usual(
    key: &'static str,
    heading: &'static str,
    doc: &'static str,
    leaves: Option<u8>,
    adds_up: bool,
    value: fn(&ReportLine, &Context) -> ColumnValue,
) -> Column {
    Column { key, heading, doc, right: true, leaves, is_usual: true, adds_up, value }
}

/// A column that is asked for.
const fn extra(
    key: &'static str,
    heading: &'static str,
    doc: &'static str,
    adds_up: bool,
    value: fn(&ReportLine, &Context) -> ColumnValue,
) -> Column {
    Column { key, heading, doc, right: true, leaves: Some(6), is_usual: false, adds_up, value }
}

/// Every column, in the order of a report.
pub static COLUMNS: &[Column] = &[
    Column { key: "layer", heading: "layer", doc: "the path", value: |_, _| ColumnValue::Nothing, ..WORDS },
    Column {
        key: "kind",
        heading: "kind",
        doc: "the layer, or the block and how many of it",
        value: |line, _| ColumnValue::Text(line.kind.clone()),
        ..WORDS
    },
    Column {
        key: "output",
        heading: "output",
        doc: "the shape of the result",
        leaves: Some(3),
        value: |line, _| {
            line.output.as_ref().map_or(ColumnValue::Nothing, |shape| ColumnValue::Text(shape.to_string()))
        },
        ..WORDS
    },
    usual("params", "parameters", "parameters it owns", None, true, |line, _| number(&line.cells.parameters)),
    usual("percent", "%", "of the model's parameters", Some(1), true, |line, context| {
        let part = line.cells.parameters.as_ref();
        part.map_or(ColumnValue::Nothing, |part| {
            ColumnValue::Share(context.defaults.value_at_defaults(part), context.parameters)
        })
    }),
    usual("uses", "uses", "how often each element is used for one sample", Some(5), false, |line, _| {
        line.cells
            .uses
            .clone()
            .map_or(ColumnValue::Nothing, |(least, most)| ColumnValue::Between(least, most))
    }),
    usual(
        "without_sharing",
        "without sharing",
        "what it would store if every use had weights of its own",
        Some(2),
        true,
        |line, _| number(&line.cells.without_sharing),
    ),
    usual("macs", "MACs", "multiply-accumulates", Some(4), true, |line, _| number(&line.cells.macs)),
    extra("macs_percent", "% of MACs", "of the model's multiply-accumulates", true, |line, context| {
        let part = line.cells.macs.as_ref();
        part.map_or(ColumnValue::Nothing, |part| {
            ColumnValue::Share(context.defaults.value_at_defaults(part), context.macs)
        })
    }),
    extra(
        "masked",
        "masked MACs",
        "the same, attention counted as its masks leave it",
        true,
        |line, context| {
            line.sum(|id| {
                let macs = context.graph.node(id)?.operation.macs.clone();
                let Some(layer) = attention_cost(context.graph, id) else { return Some(macs) };
                Some(macs.minus(&layer.products).unwrap_or(Count::ZERO) + layer.masked)
            })
        },
    ),
    extra("training", "training MACs", "of a training step, forward and backward", true, |line, context| {
        line.sum(|id| context.steps.get(id.0 as usize).map(Training::total))
    }),
    extra(
        "elementwise",
        "element operations",
        "additions, activations, norms, pooling",
        true,
        |line, context| line.sum(|id| context.graph.node(id).map(|node| node.operation.elementwise.clone())),
    ),
    extra("trainable", "trainable", "parameters it owns that are not frozen", true, |line, context| {
        context.owned(line, |weight, _| weight.trainable)
    }),
    extra("shared", "shared", "parameters it owns that are used more than once", true, |line, context| {
        context.owned(line, |_, uses| context.defaults.value_at_defaults(&uses.most) > 1)
    }),
    Column {
        key: "sharing",
        heading: "shared by",
        doc: "the ways in which these are shared",
        leaves: Some(6),
        is_usual: false,
        value: sharing,
        ..WORDS
    },
    extra("buffers", "buffers", "stored numbers that are not learned", false, |line, context| {
        line.sum(|id| {
            let read = context.graph.node(id)?.weights.iter().filter_map(|id| context.graph.weight(*id));
            Some(
                read.filter(|weight| weight.role == Role::Buffer).map(|weight| weight.shape.elements()).sum(),
            )
        })
    }),
    extra(
        "dense",
        "dense equivalent",
        "what one dense layer in its place would store",
        false,
        |line, context| match line.nodes.as_slice() {
            [only] if line.cells.parameters.is_some() => number(&dense_equivalent(context.graph, *only)),
            _ => ColumnValue::Nothing,
        },
    ),
    extra("memory", "output bytes", "bytes of its result, for the whole batch", false, |line, context| {
        let size =
            |shape: &crate::ir::Shape| context.setting.dtype.bytes(&shape.elements(), ElementType::Float32);
        let batch = Count::from(u128::from(context.setting.batch));
        line.output.as_ref().map_or(ColumnValue::Nothing, |shape| ColumnValue::Number(&size(shape) * &batch))
    }),
    extra(
        "bytes",
        "bytes moved",
        "inputs and weights read and results written, layer by layer",
        true,
        |line, context| line.sum(|id| Some(moved(context.graph, id, context.setting.dtype))),
    ),
    extra("intensity", "MACs/byte", "arithmetic intensity: MACs to a byte moved", false, |line, context| {
        let ColumnValue::Number(bytes) = line.sum(|id| Some(moved(context.graph, id, context.setting.dtype)))
        else {
            return ColumnValue::Nothing;
        };
        let macs = line.cells.macs.as_ref();
        macs.and_then(|macs| intensity(macs, &bytes, context.defaults))
            .map_or(ColumnValue::Nothing, ColumnValue::Ratio)
    }),
    extra(
        "field",
        "receptive field",
        "the input positions that a position of the result depends on",
        false,
        |line, context| context.field(line, ReceptiveField::extents),
    ),
    extra("stride", "stride", "input positions from one position to the next", false, |line, context| {
        context.field(line, ReceptiveField::stride)
    }),
    extra(
        "centre",
        "centre",
        "the input position in the middle of the first position's field",
        false,
        |line, context| context.field(line, ReceptiveField::centre),
    ),
];

fn number(count: &Option<Count>) -> ColumnValue {
    count.clone().map_or(ColumnValue::Nothing, ColumnValue::Number)
}

fn sharing(line: &ReportLine, context: &Context) -> ColumnValue {
    let uses = || line.owned.iter().filter_map(|id| context.analysis.uses.get(id.0 as usize));
    let ways = Sharing::ALL.into_iter().filter(|way| uses().any(|uses| uses.sharing.contains(way)));
    let names: Vec<_> = ways.map(Sharing::name).collect();
    if names.is_empty() { ColumnValue::Nothing } else { ColumnValue::Text(names.join(", ")) }
}

impl ReportLine {
    /// The sum over its layers; nothing where that is nothing.
    fn sum(&self, of: impl Fn(crate::ir::NodeId) -> Option<Count>) -> ColumnValue {
        let sum: Count = self.nodes.iter().filter_map(|id| of(*id)).sum();
        if sum == Count::ZERO { ColumnValue::Nothing } else { ColumnValue::Number(sum) }
    }
}

/// What the columns of a model's lines depend on.
#[derive(Debug)]
pub struct Context<'a> {
    graph: &'a Graph,
    analysis: &'a Analysis,
    setting: MemoryConfig,
    /// The symbolic sizes' defaults.
    pub defaults: AtDefaults<'a>,
    parameters: u128,
    macs: u128,
    fields: Vec<Option<ReceptiveField>>,
    steps: Vec<Training>,
}

impl<'a> Context<'a> {
    /// What these columns need to know of a model.
    pub fn new(graph: &'a Graph, analysis: &'a Analysis, report: &Report) -> Context<'a> {
        let wants = |keys: &[&str]| report.columns.iter().any(|column| keys.contains(&column.key));
        let defaults = AtDefaults(graph);
        Context {
            graph,
            analysis,
            setting: report.setting,
            defaults,
            parameters: defaults.value_at_defaults(&analysis.totals.parameters),
            macs: defaults.value_at_defaults(&analysis.totals.macs),
            fields: if wants(&["field", "stride", "centre"]) { receptive_fields(graph) } else { Vec::new() },
            steps: if wants(&["training"]) { training(graph).0 } else { Vec::new() },
        }
    }

    fn field(&self, line: &ReportLine, told: impl Fn(&ReceptiveField) -> String) -> ColumnValue {
        let last = line.nodes.iter().rev().find_map(|id| self.fields.get(id.0 as usize)?.as_ref());
        last.map_or(ColumnValue::Nothing, |field| ColumnValue::Text(told(field)))
    }

    fn owned(
        &self,
        line: &ReportLine,
        counts: impl Fn(&crate::ir::Weight, &crate::analysis::TensorUses) -> bool,
    ) -> ColumnValue {
        let known = |id: &WeightId| Some((self.graph.weight(*id)?, self.analysis.uses.get(id.0 as usize)?));
        let owned = line.owned.iter().filter_map(known).filter(|(weight, uses)| counts(weight, uses));
        let sum: Count = owned.map(|(_, uses)| &uses.elements).sum();
        if sum == Count::ZERO { ColumnValue::Nothing } else { ColumnValue::Number(sum) }
    }
}

/// The columns that are shown unless others are asked for.
pub fn usual_columns() -> Vec<&'static Column> {
    COLUMNS.iter().filter(|column| column.is_usual).collect()
}

/// The column of a key.
///
/// # Errors
/// A sentence with the column that may be meant.
pub fn column(key: &str) -> Result<&'static Column, String> {
    COLUMNS.iter().find(|column| column.key == key).ok_or_else(|| {
        let keys = || COLUMNS.iter().map(|column| column.key);
        let hint = match nearest(key, keys()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there is `{}`", keys().collect::<Vec<_>>().join("`, `")),
        };
        format!("no column is called `{key}`; {hint}")
    })
}

/// The columns that are asked for: `kind,params,macs`, all of them with `all`; `+field` adds one to the usual ones.
/// The layer always comes first.
///
/// # Errors
/// A sentence about a key that is none.
pub fn chosen(text: &str) -> Result<Vec<&'static Column>, String> {
    let keys: Vec<&str> = text.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    if keys.is_empty() {
        return Err("`--columns` needs at least one column".to_owned());
    }
    let mut columns: Vec<&'static Column> = Vec::new();
    if keys.iter().all(|key| key.starts_with('+')) {
        columns = usual_columns();
    } else {
        columns.extend(COLUMNS.first());
    }
    for key in keys {
        if key == "all" {
            columns.extend(COLUMNS);
        } else {
            columns.push(column(key.strip_prefix('+').unwrap_or(key))?);
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    columns.retain(|column| {
        let is_new = !seen.contains(&column.key);
        seen.push(column.key);
        is_new
    });
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<&'static str> {
        chosen(text).expect("columns").iter().map(|column| column.key).collect()
    }

    #[test]
    fn columns_are_chosen_or_added() {
        assert_eq!(keys("macs, kind"), ["layer", "macs", "kind"]);
        assert_eq!(keys("+field").last(), Some(&"field"));
        assert_eq!(keys("+field").len(), usual_columns().len() + 1);
        assert_eq!(keys("all").len(), COLUMNS.len());
        assert_eq!(chosen("macz").expect_err("none"), "no column is called `macz`; did you mean `macs`?");
        assert!(chosen(" ,").is_err());
    }
}

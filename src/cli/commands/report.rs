//! `weft report`: what each layer stores, how often it is used, what it costs.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use crate::analysis::{Analysis, DATA_TYPES, DataType, MemoryConfig, OPTIMIZERS, Optimizer, analyse};
use crate::cli::choice::one_of;
use crate::cli::{Common, Exit, Streams, load};
use crate::report::{COLUMNS, Column, FORMATS, Report, ReportFormat, chosen, column, usual_columns};

/// Arguments of `weft report`.
#[derive(Debug, clap::Args)]
#[command(after_help = columns_help())]
pub struct Arguments {
    /// The file; `-` is standard input
    file: PathBuf,
    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = FORMATS.default_name(), value_parser = one_of(&FORMATS))]
    format: &'static ReportFormat,
    /// How many levels of blocks are opened
    #[arg(long, value_name = "N", default_value_t = 0)]
    depth: usize,
    /// The columns, as `kind,params,macs`; `+field` adds to the usual ones, `all` shows every one
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
    /// Sort by this column, the largest first
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,
    /// Only so many lines, the largest by parameters unless `--sort` says otherwise; the others become one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// The type of numbers that memory is counted for
    #[arg(long, value_name = "TYPE", default_value = "float32", value_parser = data_types())]
    dtype: String,
    /// Samples at once, for memory; costs stay those of one
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    batch: u64,
    /// Also the memory to train with this optimiser
    #[arg(long, value_name = "OPTIMISER", value_parser = optimizers())]
    optimizer: Option<String>,
    /// Also the MACs of a training step: forward, backward to inputs, backward to weights
    #[arg(long)]
    training: bool,
}

fn data_types() -> PossibleValuesParser {
    PossibleValuesParser::new(DATA_TYPES.iter().flat_map(|known| [known.name, known.short]))
}

fn optimizers() -> PossibleValuesParser {
    PossibleValuesParser::new(OPTIMIZERS.iter().map(|known| known.name))
}

/// The list of columns below the options.
fn columns_help() -> String {
    let longest = COLUMNS.iter().map(|column| column.key.len()).max().unwrap_or(0);
    let line = |column: &Column| {
        let usual = if column.is_usual { "" } else { " (if asked for)" };
        format!("  {:longest$}  {}{usual}\n", column.key, column.doc)
    };
    format!("Columns:\n{}", COLUMNS.iter().map(line).collect::<String>())
}

/// Reports every complete model of a file, or those chosen.
pub fn run(arguments: &Arguments, common: &Common, streams: &mut Streams) -> Exit {
    let (columns, sort) = match layout(arguments) {
        Ok(layout) => layout,
        Err(message) => return streams.refuse(&message),
    };
    let program = match load(&arguments.file, common, streams) {
        Ok(program) => program,
        Err(exit) => return exit,
    };
    let analyses: Vec<Analysis> = program.models.iter().map(|graph| analyse(graph)).collect();
    let usual = MemoryConfig::default();
    let report = Report {
        models: program.models.iter().map(|graph| &**graph).zip(&analyses).collect(),
        depth: arguments.depth,
        width: streams.out_width,
        color: streams.out_color,
        columns,
        sort,
        top: arguments.top.map(|top| top as usize),
        setting: MemoryConfig {
            dtype: DataType::find(&arguments.dtype).unwrap_or(usual.dtype),
            batch: arguments.batch,
            optimizer: arguments.optimizer.as_deref().and_then(Optimizer::find),
        },
        training: arguments.training,
    };
    let written = (arguments.format.writer)(&report, streams.out);
    streams.finish(written)
}

/// The columns, and by which of them lines are sorted.
type Layout = (Vec<&'static Column>, Option<&'static Column>);

fn layout(arguments: &Arguments) -> Result<Layout, String> {
    let mut columns = match &arguments.columns {
        Some(text) => chosen(text)?,
        None => usual_columns(),
    };
    let by = arguments.sort.as_deref().or(arguments.top.map(|_| "params"));
    let sort = by.map(column).transpose()?;
    // What lines are sorted by is seen.
    if let Some(sort) = sort.filter(|_| arguments.sort.is_some())
        && !columns.iter().any(|column| column.key == sort.key)
    {
        columns.push(sort);
    }
    Ok((columns, sort))
}

//! Text in columns: widths as a terminal counts them, columns that fit, lines that wrap.
//!
//! Main type: [`Grid`]. Knows nothing of models. Wide characters count as two columns; nothing passes the width but a
//! word that is longer than a line.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct TableColumn {
    /// Its heading.
    pub name: &'static str,
    /// True for numbers, which stand at the right.
    pub right: bool,
    /// The order in which columns are left out where the width does not suffice; `None` for one that always stays.
    pub leaves: Option<u8>,
}

/// A row: a cell for each column, and a text that takes the place of empty cells.
#[derive(Clone, Debug, Default)]
pub(super) struct TableRow {
    pub cells: Vec<String>,
    /// Stands where `cells` are empty, if they are, else on a line of its own.
    pub note: Option<String>,
}

/// Rows under columns.
pub(super) struct Grid<'a> {
    columns: &'a [TableColumn],
    rows: Vec<TableRow>,
    widths: Vec<usize>,
    shown: Vec<bool>,
}

/// What stands between two columns.
const GAP: usize = 2;

/// What stands before the first column.
const MARGIN: usize = 1;

/// The first column is shortened to this at the least.
const SHORTEST: usize = 8;

impl<'a> Grid<'a> {
    /// Lays rows out, in a width if one is given.
    pub fn new(columns: &'a [TableColumn], rows: Vec<TableRow>, width: Option<usize>) -> Grid<'a> {
        let filled =
            |at: usize| rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty()));
        let widest = |at: usize, name: &str| {
            let cells = rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.width());
            cells.chain([name.width()]).max().unwrap_or(0)
        };
        let widths = columns.iter().enumerate().map(|(at, column)| widest(at, column.name)).collect();
        let shown =
            columns.iter().enumerate().map(|(at, column)| column.leaves.is_none() || filled(at)).collect();
        let mut grid = Grid { columns, rows, widths, shown };
        if let Some(width) = width {
            grid.narrow(width);
        }
        grid
    }

    /// Leaves columns out until the rest fits, then shortens the first.
    fn narrow(&mut self, width: usize) {
        let mut order: Vec<(u8, usize)> =
            self.columns.iter().enumerate().filter_map(|(at, column)| Some((column.leaves?, at))).collect();
        order.sort_unstable();
        for (_, at) in order {
            if self.width() <= width {
                return;
            }
            if let Some(shown) = self.shown.get_mut(at) {
                *shown = false;
            }
        }
        let over = self.width().saturating_sub(width);
        if let Some(first) = self.widths.first_mut() {
            *first = first.saturating_sub(over).max(SHORTEST.min(*first));
        }
    }

    /// The columns that it takes.
    pub fn width(&self) -> usize {
        let widths = self.visible().map(|(_, _, width)| width);
        let gaps = self.visible().count().saturating_sub(1).saturating_mul(GAP);
        widths.fold(MARGIN.saturating_add(gaps), usize::saturating_add)
    }

    fn visible(&self) -> impl Iterator<Item = (usize, &TableColumn, usize)> {
        let columns = self.columns.iter().zip(&self.widths).zip(&self.shown).enumerate();
        columns.filter(|(_, (_, shown))| **shown).map(|(at, ((column, width), _))| (at, column, *width))
    }

    /// The names of the columns that hold something and were left out.
    pub fn left_out(&self) -> Vec<&'static str> {
        let hidden = self.columns.iter().zip(&self.shown).enumerate().filter(|(_, (_, shown))| !**shown);
        let filled =
            |at: usize| self.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty()));
        hidden.filter(|(at, _)| filled(*at)).map(|(_, (column, _))| column.name).collect()
    }

    /// The headings.
    pub fn heading(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.to_string()).collect();
        self.line(&TableRow { cells: names, note: None }).remove(0)
    }

    /// A line across.
    pub fn rule(&self) -> String {
        " ".repeat(MARGIN) + &"─".repeat(self.width().saturating_sub(MARGIN))
    }

    /// Every row; most are one line.
    pub fn lines(&self) -> Vec<String> {
        self.rows.iter().flat_map(|row| self.line(row)).collect()
    }

    fn line(&self, row: &TableRow) -> Vec<String> {
        let place = row.note.as_ref().and_then(|note| self.place(row, note));
        let mut texts: Vec<String> = Vec::new();
        for (at, column, width) in self.visible() {
            match (&place, &row.note) {
                (Some((cells, room)), Some(note)) if at == cells.start => {
                    texts.push(aligned(note, *room, false))
                }
                (Some((cells, _)), _) if cells.contains(&at) => {}
                _ => texts.push(aligned(row.cells.get(at).map_or("", String::as_str), width, column.right)),
            }
        }
        let line = " ".repeat(MARGIN) + &texts.join(&" ".repeat(GAP));
        let mut lines = vec![line.trim_end().to_string()];
        if let (None, Some(note)) = (place, &row.note) {
            let indent = MARGIN.saturating_add(self.widths.first().copied().unwrap_or(0)).saturating_add(GAP);
            lines.push(" ".repeat(indent) + note);
        }
        lines
    }

    /// The first run of empty number cells, and its width, if a note fits in it.
    fn place(&self, row: &TableRow, note: &str) -> Option<(Range<usize>, usize)> {
        let empty = |at: usize| row.cells.get(at).is_none_or(String::is_empty);
        let run: Vec<(usize, usize)> = self
            .visible()
            .skip_while(|(at, column, _)| !(column.right && empty(*at)))
            .take_while(|(at, ..)| empty(*at))
            .map(|(at, _, width)| (at, width))
            .collect();
        let (first, last) = (run.first()?.0, run.last()?.0);
        let gaps = run.len().saturating_sub(1).saturating_mul(GAP);
        let room = run.iter().map(|(_, width)| width).fold(gaps, |sum, width| sum.saturating_add(*width));
        (note.width() <= room).then(|| (first..last.saturating_add(1), room))
    }
}

/// A cell in its column; one that is too wide loses its middle.
fn aligned(cell: &str, width: usize, right: bool) -> String {
    let cell = shortened(cell, width);
    let pad = " ".repeat(width.saturating_sub(cell.width()));
    if right { pad + &cell } else { cell + &pad }
}

/// A text in at most so many columns, its middle given up for `…`.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    let room = width.saturating_sub(1);
    let head = room / 2;
    let start = taken(text.chars(), head);
    let end: String = taken(text.chars().rev(), room.saturating_sub(start.width())).chars().rev().collect();
    format!("{start}…{end}")
}

fn taken(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut text = String::new();
    for character in characters {
        let mut longer = text.clone();
        longer.push(character);
        if longer.width() > width {
            break;
        }
        text = longer;
    }
    text
}

/// A text broken between words, so that no line passes the width.
pub(crate) fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_string()] };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width().saturating_add(1).saturating_add(word.width()) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[TableColumn] = &[
        TableColumn { name: "layer", right: false, leaves: None },
        TableColumn { name: "n", right: true, leaves: Some(2) },
        TableColumn { name: "uses", right: true, leaves: Some(1) },
    ];

    fn rows(rows: &[[&str; 3]]) -> Vec<TableRow> {
        rows.iter()
            .map(|row| TableRow { cells: row.iter().map(|cell| cell.to_string()).collect(), note: None })
            .collect()
    }

    #[test]
    fn a_wide_character_takes_two_columns() {
        let grid = Grid::new(COLUMNS, rows(&[["卷积", "28", "900"], ["conv", "1", "1"]]), None);
        assert_eq!(grid.lines(), [" 卷积   28   900", " conv    1     1"]);
    }

    #[test]
    fn columns_leave_in_their_order_and_are_named() {
        let wide = Grid::new(COLUMNS, rows(&[["conv", "28", "900"]]), Some(16));
        assert_eq!((wide.heading().as_str(), wide.left_out()), (" layer   n  uses", vec![]).clone());
        let narrow = Grid::new(COLUMNS, rows(&[["conv", "28", "900"]]), Some(11));
        assert_eq!((narrow.lines(), narrow.left_out()), (vec![" conv   28".to_string()], vec!["uses"]));
    }

    #[test]
    fn a_column_without_entries_is_not_missed() {
        let grid = Grid::new(COLUMNS, rows(&[["conv", "28", ""]]), None);
        assert_eq!((grid.heading().as_str(), grid.left_out()), (" layer   n", vec![]));
    }

    #[test]
    fn a_long_name_loses_its_middle() {
        let grid = Grid::new(COLUMNS, rows(&[["encoder.layers.11.attention", "28", "900"]]), Some(20));
        assert_eq!(grid.lines(), [" encoder.l…attention"]);
        assert_eq!(shortened("注意力机制层", 6), "注…层");
    }

    #[test]
    fn a_note_stands_where_cells_are_empty_else_below() {
        let noted = |cells: [&str; 3], note: &str| {
            let row = TableRow {
                cells: cells.iter().map(|cell| cell.to_string()).collect(),
                note: Some(note.to_string()),
            };
            Grid::new(COLUMNS, vec![row, rows(&[["conv", "1,234,567", "900"]]).remove(0)], None).lines()
        };
        assert_eq!(noted(["a", "", "5"], "as b")[0], " a      as b          5");
        assert_eq!(
            noted(["a", "", "5"], "as bbbbbbbbbbb")[..2],
            [" a                    5", "        as bbbbbbbbbbb"]
        );
        assert_eq!(noted(["a", "3", "5"], "x")[..2], [" a              3     5", "        x"]);
    }

    #[test]
    fn words_wrap_and_a_long_one_stands_alone() {
        assert_eq!(wrapped("a bc def", Some(4)), ["a bc", "def"]);
        assert_eq!(wrapped("abcdefgh i", Some(4)), ["abcdefgh", "i"]);
        assert_eq!(wrapped("a b", None), ["a b"]);
    }
}

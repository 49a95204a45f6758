//! What stood in columns keeps standing in them.
//!
//! Main function: [`align`]. Where the author put extra blanks before an arrow, an `=`, a value or a comment, and its
//! like on the next line began in the same column, both stand in one column again, as far left as they can.

use super::WIDTH;
use super::layout::{Class, Line};

/// What stood in one column on lines that follow each other.
struct Column {
    was: usize,
    /// True where one of them had extra blanks.
    meant: bool,
    /// Lines and cells.
    cells: Vec<(usize, usize)>,
}

/// Puts into columns what stood in columns.
pub(super) fn align(lines: &mut [Line]) {
    let mut columns = columns(lines);
    columns.retain(|column| column.meant && column.cells.len() > 1);
    columns.sort_by_key(|column| column.was);
    let mut widths: Vec<usize> = vec![0; lines.len()];
    let mut heads: Vec<(usize, usize)> = vec![(0, 0); lines.len()];
    for (width, line) in widths.iter_mut().zip(lines.iter()) {
        *width = line.width();
    }
    for column in &columns {
        let starts: Vec<usize> =
            column.cells.iter().map(|(line, cell)| start(lines, &mut heads, *line, *cell)).collect();
        let target = starts.iter().copied().max().unwrap_or(0);
        let shifts =
            || column.cells.iter().zip(&starts).map(|(place, start)| (place, target.saturating_sub(*start)));
        let width = |line: usize| widths.get(line).copied().unwrap_or(0);
        if shifts().any(|((line, _), shift)| shift > 0 && width(*line).saturating_add(shift) > WIDTH) {
            continue;
        }
        for ((line, cell), shift) in shifts() {
            if let Some(width) = widths.get_mut(*line) {
                *width = width.saturating_add(shift);
            }
            if let Some(cell) = lines.get_mut(*line).and_then(|line| line.cells.get_mut(*cell)) {
                cell.blanks = cell.blanks.saturating_add(shift);
            }
        }
    }
    comments(lines);
}

/// The column that a cell begins in. Cells of a line are asked for from left to right.
fn start(lines: &[Line], heads: &mut [(usize, usize)], line: usize, cell: usize) -> usize {
    let (Some(line), Some((next, column))) = (lines.get(line), heads.get_mut(line)) else { return 0 };
    while let Some(passed) = line.cells.get(*next).filter(|_| *next < cell) {
        *column = column.saturating_add(passed.blanks).saturating_add(passed.width);
        *next = next.saturating_add(1);
    }
    let blanks = line.cells.get(cell).map_or(0, |cell| cell.blanks);
    line.indent.saturating_add(*column).saturating_add(blanks)
}

/// What stood in one column, and was of one class, on lines that follow each other in the text and still do.
fn columns(lines: &[Line]) -> Vec<Column> {
    let mut all: Vec<Column> = Vec::new();
    // The columns that the line before has a part in, from left to right.
    let mut before: Vec<(usize, Class, usize)> = Vec::new();
    let mut row_before = usize::MAX;
    for (number, line) in lines.iter().enumerate() {
        let row = line.cells.first().map_or(usize::MAX, |cell| cell.was.0);
        let follows = !line.blank_above && row_before.checked_add(1) == Some(row);
        let mut mine = Vec::new();
        let mut left = before.iter().filter(|_| follows).peekable();
        for (place, cell) in line.cells.iter().enumerate() {
            let (cell_row, was, blanks) = cell.was;
            let Some(class) = cell.class.filter(|_| cell_row == row) else { continue };
            while left.next_if(|(column, _, _)| *column < was).is_some() {}
            let shared = left.next_if(|(column, other, _)| (*column, *other) == (was, class));
            let index = shared.map_or(all.len(), |(_, _, index)| *index);
            if index == all.len() {
                all.push(Column { was, meant: false, cells: Vec::new() });
            }
            if let Some(column) = all.get_mut(index) {
                column.meant |= blanks > 1;
                column.cells.push((number, place));
            }
            mine.push((was, class, index));
        }
        (before, row_before) = (mine, row);
    }
    all
}

/// Comments beside lines of one paragraph that began in one column.
fn comments(lines: &mut [Line]) {
    let mut run: Vec<usize> = Vec::new();
    let mut was = usize::MAX;
    for number in 0..lines.len() {
        let Some(line) = lines.get(number) else { continue };
        let here = line.beside.as_ref().map(|beside| beside.was.0);
        if line.blank_above || here.is_some_and(|here| here != was) {
            in_one_column(lines, &run);
            run.clear();
        }
        if let Some(here) = here {
            was = here;
            run.push(number);
        }
    }
    in_one_column(lines, &run);
}

fn in_one_column(lines: &mut [Line], run: &[usize]) {
    let beside = |number: &usize| lines.get(*number).and_then(|line| line.beside.as_ref());
    if run.len() < 2 || !run.iter().filter_map(beside).any(|beside| beside.was.1 > 1) {
        return;
    }
    let width = |lines: &[Line], number: usize| lines.get(number).map_or(0, Line::width);
    let target = run.iter().map(|number| width(lines, *number)).max().unwrap_or(0).saturating_add(2);
    for number in run {
        let blanks = target.saturating_sub(width(lines, *number));
        if let Some(beside) = lines.get_mut(*number).and_then(|line| line.beside.as_mut()) {
            beside.blanks = blanks;
        }
    }
}

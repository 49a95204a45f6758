//! The language server: what an editor says over the wire, put to [`ide`](crate::ide), and the answers put on the wire.
//!
//! Main function: [`run`]. The types of the protocol leave this module nowhere. A request is a file with a function
//! and a line of `dispatch`; what the server says it can do is in `capabilities`. Nothing here writes to the disk.

mod actions;
mod capabilities;
mod completion;
mod dispatch;
mod documents;
mod editor;
mod findings;
mod folding;
mod formatting;
mod hints;
mod hover;
mod names;
mod overlay_fs;
mod pages;
mod positions;
mod rename;
mod semantic_tokens;
mod session;
mod signature;
mod symbols;
mod sync;
#[cfg(test)]
mod tests;
mod transport;
mod uris;
mod view;
mod workspace;

use std::io::{self, BufRead, Write};

pub use session::End;
use session::Session;
use transport::{Incoming, Transport};

/// Serves one editor until it leaves.
///
/// Needs a stack of 64 MiB for the deepest programs that the limits allow.
///
/// # Errors
/// No thread can be had that reads what the editor says.
pub fn run(input: impl BufRead + Send + 'static, output: &mut dyn Write) -> io::Result<End> {
    let mut wire = Transport::new(input, output)?;
    let mut session = Session::new();
    loop {
        if session.is_overdue() {
            session.publish_next();
        }
        let incoming = session.patience().map_or_else(|| wire.next(), |time| wire.next_within(time));
        let end = match incoming {
            Incoming::Message(message) => session.take(message),
            Incoming::Noise(why) => {
                session.complain(&why);
                None
            }
            Incoming::End => Some(End::Left),
            Incoming::Silence => {
                session.publish_next();
                None
            }
        };
        session.said().into_iter().for_each(|message| wire.send(message));
        if let Some(end) = end {
            return Ok(end);
        }
    }
}

//! The language server: what an editor says over the wire, put to [`ide`](crate::ide), and the answers put on the wire.
//!
//! Main function: [`run`]. The types of the protocol leave this module nowhere. A request is a file with a function
//! and a line of `dispatch`; what the server says it can do is in `capabilities`. Nothing here writes to the disk.

mod answers;
mod dispatch;
mod protocol;
mod session;
#[cfg(test)]
mod tests;
mod texts;

use std::io::{self, BufRead, Write};

use protocol::transport::{Incoming, Transport};
pub use session::End;
use session::Session;

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
        let incoming = session.debounce().map_or_else(|| wire.next(), |time| wire.next_within(time));
        let end = match incoming {
            Incoming::Message(message) => session.take(message),
            Incoming::Noise(why) => {
                session.log_error(&why);
                None
            }
            Incoming::End => Some(End::Left),
            Incoming::Silence => {
                session.publish_next();
                None
            }
        };
        session.drain_outbox().into_iter().for_each(|message| wire.send(message));
        if let Some(end) = end {
            return Ok(end);
        }
    }
}

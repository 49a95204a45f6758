//! Messages in and out, with their framing. What cannot be read as a message is passed over and told.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use lsp_server::Message;

/// What comes from the editor.
pub(in crate::server) enum Incoming {
    Message(Message),
    /// Something that is no message, and why.
    Noise(String),
    /// Nothing more: the editor is gone.
    End,
    /// Nothing within the time.
    Silence,
}

/// The two directions of one connection. A thread reads ahead, so that a burst is seen as one.
pub(in crate::server) struct Transport<'w> {
    incoming: Receiver<io::Result<Message>>,
    output: &'w mut dyn Write,
}

impl<'w> Transport<'w> {
    pub fn new(
        mut input: impl BufRead + Send + 'static,
        output: &'w mut dyn Write,
    ) -> io::Result<Transport<'w>> {
        let (sender, incoming) = channel();
        let read = move || {
            while let Some(message) = Message::read(&mut input).transpose() {
                // What cannot be understood was read to its end; any other failure is the end of the stream.
                let ends = message.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::InvalidData);
                if sender.send(message).is_err() || ends {
                    break;
                }
            }
        };
        thread::Builder::new().name("editor".to_owned()).spawn(read)?;
        Ok(Transport { incoming, output })
    }

    /// What comes next, however long it takes.
    pub fn next(&self) -> Incoming {
        self.incoming.recv().map_or(Incoming::End, incoming)
    }

    /// What comes within a time.
    pub fn next_within(&self, time: Duration) -> Incoming {
        match self.incoming.recv_timeout(time) {
            Ok(message) => incoming(message),
            Err(RecvTimeoutError::Timeout) => Incoming::Silence,
            Err(RecvTimeoutError::Disconnected) => Incoming::End,
        }
    }

    /// Sends a message. Where nobody reads any more, the end of the input tells so.
    pub fn send(&mut self, message: impl Into<Message>) {
        let _ = message.into().write(&mut self.output);
    }
}

fn incoming(message: io::Result<Message>) -> Incoming {
    match message {
        Ok(message) => Incoming::Message(message),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Incoming::Noise(error.to_string()),
        Err(_) => Incoming::End,
    }
}

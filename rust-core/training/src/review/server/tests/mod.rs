//! The server from outside, over its socket.

mod client;
mod hostile;
mod page;

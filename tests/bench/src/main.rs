//! A server for `bench.py`: one command a line on standard input, one JSON object
//! a line on standard output. Arguments are separated by tabs. `ms` is the
//! duration of the operation alone, on this one thread.
//!
//! ```text
//! decode PATH SIDE [thumbnail]    file to network input
//! image PATH SIDE                 the same by the `image` crate, full decode
//! network PACK                    one inference on a fixed tensor
//! logits PACK FILE                logits of a little-endian f32 tensor
//! classify PACK PATH [thumbnail]  file to verdict
//! metadata WEIGHTS PATH [BOXES [TEXT_MS]]  file to metadata record, with the time of each
//!                                 stage; bounds on the text that is read
//! peak                            VmHWM of this process in kB
//! ```

mod metadata;
mod operations;

use std::io::{BufRead, Write};

use serde_json::json;

fn main() -> std::io::Result<()> {
    let mut loaded = operations::Loaded::default();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        let answer = operations::answer(&words, &mut loaded)
            .unwrap_or_else(|error| json!({ "error": error.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

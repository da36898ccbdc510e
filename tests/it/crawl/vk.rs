//! The VK connector in the loop that visits sources: what each of VK's errors changes, which token calls.

mod refusals;
mod tokens;

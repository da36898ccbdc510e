//! The VK connector in the loop that visits sources: what each of VK's errors changes, what becomes of
//! posts that we hold, which token calls.

mod refresh;
mod refusals;
mod tokens;

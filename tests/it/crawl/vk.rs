//! The VK connector in the loop that visits sources: what each of VK's errors changes, what becomes of
//! posts that we hold, the discussion boards, which token calls.

mod boards;
mod refresh;
mod refusals;
mod sweep;
mod tokens;

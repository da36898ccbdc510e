//! Signing in: what wrong passwords cost.

mod lockout;

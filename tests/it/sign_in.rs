//! Signing in: what wrong passwords cost, sessions that can be ended, forms and headers that keep
//! strangers out.

mod factor;
mod guard;
mod lockout;
mod sessions;

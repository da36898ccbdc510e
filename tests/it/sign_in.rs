//! Signing in: what wrong passwords cost, sessions that can be ended, the second factor, the
//! organisation's provider, forms and headers that keep strangers out.

mod at_once;
mod every;
mod factor;
mod guard;
mod lockout;
mod provider;
mod sessions;

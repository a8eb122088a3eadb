//! Rust over `chagres.h`, without crates: objects that close themselves, statuses as errors, closures as callbacks.

use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};

/// The declarations of the header.
pub mod sys {
    use std::os::raw::{c_char, c_void};

    pub const OK: i32 = 0;

    pub enum Engine {}
    pub enum Prover {}
    pub enum Key {}

    #[repr(C)]
    pub struct Options {
        pub size: u32,
        pub threads: i32,
        pub memory_bytes: u64,
        pub heap_bytes: u64,
        pub home: *const c_char,
        pub class_path: *const c_char,
        pub device: *const c_char,
        pub spill: *const c_char,
        pub log: Option<unsafe extern "C" fn(*mut c_void, i32, *const c_char)>,
        pub user: *mut c_void,
    }

    #[repr(C)]
    pub struct Sink {
        pub size: u32,
        pub reserved: u32,
        pub progress: Option<unsafe extern "C" fn(*mut c_void, *const c_char, f64) -> i32>,
        pub token: Option<unsafe extern "C" fn(*mut c_void, i32) -> i32>,
        pub proof: Option<unsafe extern "C" fn(*mut c_void, *const u8, usize) -> i32>,
        pub user: *mut c_void,
    }

    #[repr(C)]
    pub struct Verdict {
        pub size: u32,
        pub accepted: i32,
        pub ending: i32,
        pub security_bits: i32,
        pub ids: *mut i32,
        pub prompt: usize,
        pub output: usize,
        pub binding: *mut u8,
        pub binding_bytes: usize,
        pub check: [c_char; 64],
        pub text: [c_char; 512],
    }

    extern "C" {
        pub fn chagres_error() -> *const c_char;
        pub fn chagres_engine_open(options: *const Options, out: *mut *mut Engine) -> i32;
        pub fn chagres_engine_close(engine: *mut Engine) -> i32;
        pub fn chagres_prover_open(engine: *mut Engine, file: *const c_char, out: *mut *mut Prover) -> i32;
        pub fn chagres_prover_close(prover: *mut Prover) -> i32;
        pub fn chagres_prove(prover: *mut Prover, prompt: *const i32, n: usize, generate: i32, sink: *const Sink)
            -> i32;
        pub fn chagres_key_open(key: *const u8, bytes: usize, out: *mut *mut Key) -> i32;
        pub fn chagres_key_close(key: *mut Key);
        pub fn chagres_verify(key: *const Key, proof: *const u8, bytes: usize, out: *mut Verdict) -> i32;
        pub fn chagres_verdict_close(verdict: *mut Verdict);
        pub fn chagres_encode(key: *const Key, text: *const c_char, bytes: usize, ids: *mut i32, capacity: usize,
            count: *mut usize) -> i32;
        pub fn chagres_decode(key: *const Key, ids: *const i32, n: usize, text: *mut c_char, capacity: usize,
            bytes: *mut usize) -> i32;
    }
}

/// What failed.
#[derive(Debug)]
pub enum Error {
    /// A status of the library and its line.
    Status(i32, String),
    /// Nothing was called.
    Argument(&'static str),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Error::Status(status, line) => write!(f, "{line} (status {status})"),
            Error::Argument(line) => f.write_str(line),
        }
    }
}

impl std::error::Error for Error {}

fn check(status: i32) -> Result<(), Error> {
    match status {
        sys::OK => Ok(()),
        _ => Err(Error::Status(status, text(unsafe { sys::chagres_error() }))),
    }
}

fn text(zero_terminated: *const c_char) -> String {
    unsafe { CStr::from_ptr(zero_terminated) }.to_string_lossy().into_owned()
}

pub struct Engine(*mut sys::Engine);
pub struct Prover<'e>(*mut sys::Prover, std::marker::PhantomData<&'e Engine>);
pub struct Key(*mut sys::Key);

// Any thread may call the library; an object is closed when nobody else has it.
unsafe impl Send for Engine {}
unsafe impl Sync for Engine {}
unsafe impl Send for Prover<'_> {}
unsafe impl Sync for Prover<'_> {}
unsafe impl Send for Key {}
unsafe impl Sync for Key {}

impl Engine {
    /// With default options.
    pub fn open() -> Result<Engine, Error> {
        let mut engine = null_mut();
        check(unsafe { sys::chagres_engine_open(null(), &mut engine) })?;
        Ok(Engine(engine))
    }

    pub fn prover(&self, file: &str) -> Result<Prover<'_>, Error> {
        let file = CString::new(file).map_err(|_| Error::Argument("a zero in the name of a file"))?;
        let mut prover = null_mut();
        check(unsafe { sys::chagres_prover_open(self.0, file.as_ptr(), &mut prover) })?;
        Ok(Prover(prover, std::marker::PhantomData))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        unsafe { sys::chagres_engine_close(self.0) };
    }
}

/// What happens while a proof is made; on the thread that asked for it.
pub enum Event<'a> {
    Progress(&'a str, f64),
    Token(i32),
}

struct Call<'a> {
    listener: &'a mut dyn FnMut(Event) -> bool,
    proof: Vec<u8>,
    panic: Option<Box<dyn std::any::Any + Send>>,
}

/// Runs a listener; a panic may not pass through the library.
unsafe fn guarded(call: *mut c_void, body: impl FnOnce(&mut Call) -> bool) -> i32 {
    let call = &mut *(call as *mut Call);
    match catch_unwind(AssertUnwindSafe(|| body(call))) {
        Ok(go_on) => !go_on as i32,
        Err(panic) => {
            call.panic = Some(panic);
            1
        }
    }
}

unsafe extern "C" fn progress(call: *mut c_void, phase: *const c_char, done: f64) -> i32 {
    guarded(call, |c| (c.listener)(Event::Progress(&text(phase), done)))
}

unsafe extern "C" fn token(call: *mut c_void, id: i32) -> i32 {
    guarded(call, |c| (c.listener)(Event::Token(id)))
}

unsafe extern "C" fn proof(call: *mut c_void, bytes: *const u8, n: usize) -> i32 {
    guarded(call, |c| {
        c.proof = std::slice::from_raw_parts(bytes, n).to_vec();
        true
    })
}

impl Prover<'_> {
    /// Proves at most `generate` ids after a prompt. A listener that returns false cancels the proof.
    pub fn prove(&self, prompt: &[i32], generate: i32, listener: &mut dyn FnMut(Event) -> bool)
        -> Result<Vec<u8>, Error> {
        let mut call = Call { listener, proof: Vec::new(), panic: None };
        let sink = sys::Sink {
            size: std::mem::size_of::<sys::Sink>() as u32,
            reserved: 0,
            progress: Some(progress),
            token: Some(token),
            proof: Some(proof),
            user: &mut call as *mut Call as *mut c_void,
        };
        let status = unsafe { sys::chagres_prove(self.0, prompt.as_ptr(), prompt.len(), generate, &sink) };
        if let Some(panic) = call.panic {
            resume_unwind(panic);
        }
        check(status).map(|_| call.proof)
    }
}

impl Drop for Prover<'_> {
    fn drop(&mut self) {
        unsafe { sys::chagres_prover_close(self.0) };
    }
}

pub struct Verdict {
    pub accepted: bool,
    pub prompt: Vec<i32>,
    pub output: Vec<i32>,
    pub text: String,
}

impl Key {
    pub fn open(bytes: &[u8]) -> Result<Key, Error> {
        let mut key = null_mut();
        check(unsafe { sys::chagres_key_open(bytes.as_ptr(), bytes.len(), &mut key) })?;
        Ok(Key(key))
    }

    pub fn encode(&self, text: &str) -> Result<Vec<i32>, Error> {
        let mut n = 0;
        let mut ids = vec![0; text.len() + 1]; // enough, unless the tokenizer makes the text longer
        loop {
            let status = unsafe {
                sys::chagres_encode(self.0, text.as_ptr().cast(), text.len(), ids.as_mut_ptr(), ids.len(), &mut n)
            };
            if n > ids.len() {
                ids.resize(n, 0);
                continue;
            }
            ids.truncate(n);
            return check(status).map(|_| ids);
        }
    }

    pub fn decode(&self, ids: &[i32]) -> Result<String, Error> {
        let mut n = 0;
        unsafe { sys::chagres_decode(self.0, ids.as_ptr(), ids.len(), null_mut(), 0, &mut n) }; // only how long it is
        let mut text = vec![0u8; n];
        check(unsafe {
            sys::chagres_decode(self.0, ids.as_ptr(), ids.len(), text.as_mut_ptr().cast(), text.len(), &mut n)
        })?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    pub fn verify(&self, proof: &[u8]) -> Result<Verdict, Error> {
        let mut v: sys::Verdict = unsafe { std::mem::zeroed() };
        v.size = std::mem::size_of::<sys::Verdict>() as u32;
        check(unsafe { sys::chagres_verify(self.0, proof.as_ptr(), proof.len(), &mut v) })?;
        let ids = match v.ids.is_null() {
            true => Vec::new(),
            false => unsafe { std::slice::from_raw_parts(v.ids, v.prompt + v.output) }.to_vec(),
        };
        let (prompt, output) = ids.split_at(v.prompt);
        let verdict = Verdict {
            accepted: v.accepted == 1,
            prompt: prompt.to_vec(),
            output: output.to_vec(),
            text: text(v.text.as_ptr()),
        };
        unsafe { sys::chagres_verdict_close(&mut v) };
        Ok(verdict)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        unsafe { sys::chagres_key_close(self.0) };
    }
}

//! Reads the sources of the store and of this suite as tokens.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use walkdir::WalkDir;

/// Every Rust file under a folder of the repository.
pub fn sources(folder: &str) -> Vec<Vec<TokenTree>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    let files = files.filter(|file| file.path().extension().is_some_and(|end| end == "rs"));
    let sources: Vec<_> = files
        .map(|file| {
            let text = fs::read_to_string(file.path()).unwrap();
            flat(text.parse().expect("the compiler has read this file"))
        })
        .collect();
    assert!(!sources.is_empty(), "no sources in {folder}");
    sources
}

fn flat(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

fn is_word(token: &TokenTree, expected: &str) -> bool {
    matches!(token, TokenTree::Ident(word) if word == expected)
}

fn is_mark(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == expected)
}

fn body(token: &TokenTree, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => Some(flat(group.stream())),
        _ => None,
    }
}

/// A public method of a type.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Method {
    pub of: String,
    pub name: String,
    /// The first word of what it returns.
    pub returns: Option<String>,
}

/// The public methods in a file, those of traits left out.
pub fn public_methods(tokens: &[TokenTree]) -> Vec<Method> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !is_word(token, "impl") {
            continue;
        }
        let rest = &tokens[at + 1..];
        let end = rest
            .iter()
            .position(|token| body(token, Delimiter::Brace).is_some());
        let Some(end) = end else { continue };
        let head = &rest[..end];
        if head.iter().any(|token| is_word(token, "for")) {
            continue;
        }
        let mut depth = 0;
        let of = head.iter().find_map(|token| {
            depth += i32::from(is_mark(token, '<')) - i32::from(is_mark(token, '>'));
            word(token).filter(|_| depth == 0)
        });
        let of = of.expect("an impl names its type");
        let inside = body(&rest[end], Delimiter::Brace).unwrap_or_default();
        found.extend(public_in(&of, &inside));
    }
    found
}

fn public_in(of: &str, inside: &[TokenTree]) -> Vec<Method> {
    let mut found = Vec::new();
    for (at, token) in inside.iter().enumerate() {
        if !is_word(token, "pub") {
            continue;
        }
        let mut rest = inside[at + 1..].iter();
        let mut rest = rest.by_ref().skip_while(|token| {
            ["async", "const"]
                .iter()
                .any(|before| is_word(token, before))
        });
        if !rest.next().is_some_and(|token| is_word(token, "fn")) {
            continue;
        }
        let name = rest.next().and_then(word).expect("a function has a name");
        let signature: Vec<_> = rest
            .take_while(|token| body(token, Delimiter::Brace).is_none())
            .cloned()
            .collect();
        let arrow = signature
            .windows(2)
            .position(|two| is_mark(&two[0], '-') && is_mark(&two[1], '>'));
        let returns = arrow.and_then(|arrow| signature[arrow..].iter().find_map(word));
        found.push(Method {
            of: of.to_owned(),
            name,
            returns,
        });
    }
    found
}

/// What a file calls: `.table().method(`, and every name behind `.` or `::`.
pub fn calls(tokens: &[TokenTree], found: &mut BTreeSet<(Option<String>, String)>) {
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            calls(&flat(group.stream()), found);
        }
        if !(is_mark(token, '.') || is_mark(token, ':')) {
            continue;
        }
        let Some(first) = tokens.get(at + 1).and_then(word) else {
            continue;
        };
        if let [arguments, dot, second, ..] = &tokens[(at + 2).min(tokens.len())..]
            && body(arguments, Delimiter::Parenthesis).is_some_and(|inside| inside.is_empty())
            && is_mark(dot, '.')
            && let Some(second) = word(second)
        {
            found.insert((Some(first.clone()), second));
        }
        found.insert((None, first));
    }
}

/// The SQL statements in these files, put together as the compiler does.
pub fn statements(sources: &[Vec<TokenTree>]) -> BTreeSet<String> {
    let mut macros = Macros::new();
    for source in sources {
        define(source, &mut macros);
    }
    let mut found = Vec::new();
    for source in sources {
        collect(source, &macros, &mut found);
    }
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
    let is_statement = |text: &String| verbs.iter().any(|verb| text.starts_with(verb));
    found.into_iter().filter(is_statement).collect()
}

/// A macro that is spelled out where it is called: what it is called with, and what then stands
/// there.
struct Macro {
    holes: Vec<String>,
    body: Vec<TokenTree>,
}

type Macros = BTreeMap<String, Macro>;

/// Takes the macros of a file up that have one rule, and take nothing but expressions.
fn define(tokens: &[TokenTree], macros: &mut Macros) {
    for four in tokens.windows(4) {
        if let [rules, _, name, TokenTree::Group(rule)] = four
            && is_word(rules, "macro_rules")
            && let [pattern, _, _, inside, ..] = &flat(rule.stream())[..]
            && let Some(pattern) = body(pattern, Delimiter::Parenthesis)
            && let Some(body) = body(inside, Delimiter::Brace)
            && let (Some(name), Some(holes)) = (word(name), holes(&pattern))
        {
            macros.insert(name, Macro { holes, body });
        }
    }
}

fn holes(pattern: &[TokenTree]) -> Option<Vec<String>> {
    let hole = |part: &[TokenTree]| match part {
        [dollar, hole, colon, kind] if is_mark(dollar, '$') && is_mark(colon, ':') => {
            word(kind).and(word(hole))
        }
        _ => None,
    };
    parts(pattern).map(hole).collect()
}

/// What stands between commas.
fn parts(tokens: &[TokenTree]) -> impl Iterator<Item = &[TokenTree]> {
    let parts = tokens.split(|token| is_mark(token, ','));
    parts.filter(|part| !part.is_empty())
}

impl Macro {
    /// What stands where it is called with these.
    fn spelled(&self, arguments: &[TokenTree]) -> Vec<TokenTree> {
        let given = self.holes.iter().map(String::as_str).zip(parts(arguments));
        filled(&self.body, &given.collect())
    }
}

fn filled(tokens: &[TokenTree], given: &BTreeMap<&str, &[TokenTree]>) -> Vec<TokenTree> {
    let mut tokens = tokens.iter().peekable();
    let mut found = Vec::new();
    while let Some(token) = tokens.next() {
        let hole = tokens.peek().filter(|_| is_mark(token, '$'));
        let hole = hole.and_then(|hole| given.get(word(hole)?.as_str()));
        match (hole, token) {
            (Some(given), _) => {
                tokens.next();
                found.extend_from_slice(given);
            }
            (None, TokenTree::Group(group)) => {
                let inside = filled(&flat(group.stream()), given);
                let inside = inside.into_iter().collect();
                found.push(Group::new(group.delimiter(), inside).into());
            }
            (None, token) => found.push(token.clone()),
        }
    }
    found
}

fn collect(tokens: &[TokenTree], macros: &Macros, found: &mut Vec<String>) {
    let mut at = 0;
    while at < tokens.len() {
        at += match &tokens[at..] {
            [rules, ..] if is_word(rules, "macro_rules") => 4,
            [hash, ..] if is_mark(hash, '#') => 2,
            [concat, ..] if is_word(concat, "concat") => {
                let text = text_of(&tokens[at..at + 3], macros);
                found.push(text.expect("texts are put together of texts"));
                3
            }
            [name, bang, TokenTree::Group(group), ..]
                if is_mark(bang, '!') && called(name, macros).is_some() =>
            {
                let called = called(name, macros).unwrap();
                collect(&called.spelled(&flat(group.stream())), macros, found);
                3
            }
            [TokenTree::Group(group), ..] => {
                collect(&flat(group.stream()), macros, found);
                1
            }
            [token, ..] => {
                found.extend(text_of(std::slice::from_ref(token), macros));
                1
            }
            [] => unreachable!("the loop has ended"),
        };
    }
}

fn called<'m>(name: &TokenTree, macros: &'m Macros) -> Option<&'m Macro> {
    macros.get(&word(name)?)
}

/// The text of a literal, of `concat!(…)` or of a macro that stands for one.
fn text_of(tokens: &[TokenTree], macros: &Macros) -> Option<String> {
    match tokens {
        [TokenTree::Literal(literal)] => unquoted(&literal.to_string()),
        [name, bang, TokenTree::Group(group)] if is_mark(bang, '!') => {
            let inside = flat(group.stream());
            if !is_word(name, "concat") {
                return text_of(&called(name, macros)?.spelled(&inside), macros);
            }
            parts(&inside).map(|part| text_of(part, macros)).collect()
        }
        _ => None,
    }
}

fn unquoted(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\n')) => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            ('\\', _) => text.extend(chars.next()),
            _ => text.push(c),
        }
    }
    Some(text)
}

//! Reads source text as tokens: the paths it names and the lints it silences.
//!
//! Tokens rather than parsed items, so that what stands inside a macro, a derive or an
//! attribute is seen like anything else.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A path as it stands in a source text.
#[derive(Debug)]
pub struct Named {
    pub line: usize,
    /// The inline modules around it, inside the file's own module.
    pub within: Vec<String>,
    pub segments: Vec<String>,
    pub reexported: bool,
}

/// One token, as far as paths are concerned.
enum Token {
    Word(String, usize),
    /// `::`
    Joint,
    Group(Delimiter, Vec<Token>),
    Other(char),
}

fn tokens(stream: TokenStream) -> Vec<Token> {
    let mut out = Vec::new();
    let mut stream = stream.into_iter().peekable();
    while let Some(tree) = stream.next() {
        out.push(match tree {
            TokenTree::Ident(word) => {
                let line = word.span().start().line;
                Token::Word(word.to_string().trim_start_matches("r#").to_owned(), line)
            }
            TokenTree::Group(group) => Token::Group(group.delimiter(), tokens(group.stream())),
            TokenTree::Literal(_) => Token::Other('0'),
            TokenTree::Punct(mark) if mark.as_char() == ':' && mark.spacing() == Spacing::Joint => {
                stream.next_if(|next| matches!(next, TokenTree::Punct(p) if p.as_char() == ':'));
                Token::Joint
            }
            TokenTree::Punct(mark) => Token::Other(mark.as_char()),
        });
    }
    out
}

/// Every path that `source` names, inside macros and attributes too.
pub fn paths(source: &str) -> Vec<Named> {
    let stream = source.parse().expect("the compiler has read this file");
    let mut found = Vec::new();
    walk(&tokens(stream), &[], &mut found);
    found
}

fn walk(tokens: &[Token], within: &[String], found: &mut Vec<Named>) {
    let mut at = 0;
    while at < tokens.len() {
        at += match &tokens[at..] {
            [
                Token::Word(word, _),
                Token::Word(name, _),
                Token::Group(Delimiter::Brace, body),
                ..,
            ] if word == "mod" => {
                walk(body, &[within, std::slice::from_ref(name)].concat(), found);
                3
            }
            [Token::Word(word, line), rest @ ..] if word == "use" => {
                let end = rest
                    .iter()
                    .position(|token| matches!(token, Token::Other(';')));
                let tree = &rest[..end.unwrap_or(0)];
                let reexported = is_public(&tokens[..at]);
                let start = Named {
                    line: *line,
                    within: within.to_vec(),
                    segments: vec![],
                    reexported,
                };
                use_tree(tree, &start, found);
                1 + tree.len()
            }
            [Token::Word(..), Token::Joint, ..] if !continues(&tokens[..at]) => {
                let (path, length) = plain_path(&tokens[at..], within);
                found.push(path);
                length
            }
            [Token::Group(_, body), ..] => {
                walk(body, within, found);
                1
            }
            _ => 1,
        };
    }
}

/// Whether `pub` or `pub(…)` stands before a `use`.
fn is_public(before: &[Token]) -> bool {
    let before = match before {
        [rest @ .., Token::Group(Delimiter::Parenthesis, _)] => rest,
        all => all,
    };
    matches!(before, [.., Token::Word(word, _)] if word == "pub")
}

/// Whether the next word goes on with a path or a call, rather than beginning one.
fn continues(before: &[Token]) -> bool {
    match before {
        [.., Token::Other('.')] => true,
        [.., earlier, Token::Joint] => matches!(earlier, Token::Word(..) | Token::Other('>')),
        _ => false,
    }
}

fn plain_path(tokens: &[Token], within: &[String]) -> (Named, usize) {
    let mut path = Named {
        line: 0,
        within: within.to_vec(),
        segments: vec![],
        reexported: false,
    };
    let mut at = 0;
    while let Some(Token::Word(word, line)) = tokens.get(at) {
        path.line = *line;
        path.segments.push(word.clone());
        at += 1;
        match &tokens[at..] {
            [Token::Joint, Token::Word(..), ..] => at += 1,
            _ => break,
        }
    }
    (path, at)
}

/// Takes `a::{b, c as d}` apart; `above` holds what stands before the braces.
fn use_tree(tokens: &[Token], above: &Named, found: &mut Vec<Named>) {
    for branch in tokens.split(|token| matches!(token, Token::Other(','))) {
        let mut path = Named {
            within: above.within.clone(),
            segments: above.segments.clone(),
            ..*above
        };
        let mut leaf = !branch.is_empty();
        for token in branch {
            match token {
                Token::Word(word, _) if word == "as" => break,
                Token::Word(word, _) if word == "self" && !path.segments.is_empty() => {}
                Token::Word(word, line) => {
                    path.line = *line;
                    path.segments.push(word.clone());
                }
                Token::Other('*') => path.segments.push("*".to_owned()),
                Token::Group(_, branches) => {
                    use_tree(branches, &path, found);
                    leaf = false;
                }
                Token::Joint | Token::Other(_) => {}
            }
        }
        if leaf {
            found.push(path);
        }
    }
}

/// The attributes of `source` that silence a lint for ever, or without saying why.
pub fn silenced_lints(source: &str) -> Vec<String> {
    let stream = source.parse().expect("the compiler has read this file");
    let mut found = Vec::new();
    silenced(&tokens(stream), false, &mut found);
    found
}

fn silenced(tokens: &[Token], in_attribute: bool, found: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        let Token::Group(_, body) = token else {
            continue;
        };
        match at.checked_sub(1).map(|before| &tokens[before]) {
            Some(Token::Word(word, line)) if in_attribute && word == "allow" => {
                found.push(format!("{line}: `allow` never expires"));
            }
            Some(Token::Word(word, line)) if in_attribute && word == "expect" => {
                let reason = |token: &Token| matches!(token, Token::Word(w, _) if w == "reason");
                if !body.iter().any(reason) {
                    found.push(format!("{line}: `expect` says no reason"));
                }
            }
            _ => {}
        }
        let opens = matches!(
            &tokens[..at],
            [.., Token::Other('#')] | [.., Token::Other('#'), Token::Other('!')]
        );
        silenced(body, in_attribute || opens, found);
    }
}

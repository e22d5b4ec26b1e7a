//! Every folded character is a token with a position of its own, so that any substring is a
//! phrase and a phrase query is exact.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::fold::{Fold, fold};

/// The name under which the tokenizer is known to the schema.
pub(crate) const NAME: &str = "characters";

/// One token for each folded character.
#[derive(Clone)]
pub(crate) struct Characters;

impl Tokenizer for Characters {
    type TokenStream<'a> = CharacterStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharacterStream<'a> {
        CharacterStream {
            rest: fold(text),
            token: Token::default(),
        }
    }
}

/// The tokens of one text.
pub(crate) struct CharacterStream<'a> {
    rest: Fold<'a>,
    token: Token,
}

impl TokenStream for CharacterStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(folded) = self.rest.next() else {
            return false;
        };
        self.token.text.clear();
        self.token.text.push(folded.ch);
        self.token.offset_from = folded.start;
        self.token.offset_to = folded.end;
        // A fresh token stands at the largest number, one before zero.
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

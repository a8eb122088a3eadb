/// Conversations as the text that a model was trained on: chat templates and their rendering.
///
/// [dev.chagres.chat.Conversation] is the entrance. Templates are written in the Jinja language and come with models,
/// so they are read as what strangers wrote: this package interprets the part of the language that chat templates use,
/// names what it does not know, reads no files, and stops after a bounded amount of work. It keeps apart what the
/// template wrote and what came with the conversation, so that no message can hold a control token.
package dev.chagres.chat;

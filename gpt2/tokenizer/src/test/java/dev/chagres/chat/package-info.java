/// Tests of conversations and chat templates.
package dev.chagres.chat;

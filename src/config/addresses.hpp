#pragma once

#include "config/config.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Texts of a configuration that name a place: to listen on, to send to, to go through.
namespace keywheel::config {

/// Reads "127.0.0.1:4100", "[::1]:4100" or "localhost:4100".
std::optional<endpoint> parse_endpoint(std::string_view text);

/// Checks the URL that a provider's paths are appended to and removes its trailing slashes. If it
/// will not do, `why` completes the sentence "base_url …" and never quotes the text, which may hold
/// a password.
std::optional<std::string> parse_base_url(std::string_view text, std::string& why);

/// Checks the URL of a proxy: http://, https://, socks5:// or socks5h:// (the proxy resolves
/// names), perhaps a user and password, a host and perhaps a port. Returns what is wrong in words
/// that complete the sentence "proxy …" and never quote the text; empty if nothing is.
std::string flaw_of_proxy(std::string_view text);

/// Returns a proxy's URL for people: user and password, if any, are an ellipsis.
/// @pre the URL is one that flaw_of_proxy finds nothing wrong with, or empty
std::string masked_proxy(const secret& url);

} // namespace keywheel::config

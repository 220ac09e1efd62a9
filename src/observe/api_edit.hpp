#pragma once

#include "observe/api_patch.hpp"
#include "observe/api_reader.hpp"

namespace keywheel::observe {

/// Says what a request asks to be changed in the configuration file, and why not if it is refused.
/// The body is wiped, for it may hold secrets. Where it names what is to be added, the route gets
/// that name, too. @pre question.route.is_edit()
changes_or_error read_edit(api_question& question);

} // namespace keywheel::observe

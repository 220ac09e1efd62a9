#pragma once

#include "config/edit.hpp"
#include "observe/status.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace keywheel::observe {

/// `{"generation","dry_run":true,"changes":[{"field","from","to"}]}`: what a change would do to a
/// key or model. `from` is what holds now, inherited or written; null where nothing says. @pre all
/// changes are of one key or model
std::string dry_run_json(const status& now, const std::vector<config::key_edit>& changes);
std::string dry_run_json(const status& now, const std::vector<config::model_edit>& changes);

} // namespace keywheel::observe

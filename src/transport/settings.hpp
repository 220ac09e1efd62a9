#pragma once

#include "config/config.hpp"

#include <curl/curl.h>

#include <memory>

namespace keywheel::transport {

/// How a provider is reached: shared by its requests, never changed. Null: as a transport_config
/// says that is left as it is.
using settings_ptr = std::shared_ptr<const config::transport_config>;

/// Never null.
const config::transport_config& settings_of(const settings_ptr& via) noexcept;

/// Whether both say the same; fast where they are one.
bool same_settings(const settings_ptr& a, const settings_ptr& b) noexcept;

/// Tells a handle that has the options which all have in common. curl reads the files whenever it
/// makes a connection, but that of the authorities once a minute at most.
void apply(const config::transport_config& settings, CURL* easy) noexcept;

} // namespace keywheel::transport

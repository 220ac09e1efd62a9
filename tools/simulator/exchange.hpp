#pragma once

#include "tools/simulator/api_key.hpp"
#include "tools/simulator/event_stream.hpp"
#include "tools/simulator/route.hpp"

namespace keywheel::simulator {

/// One request between its head and the last byte of its answer.
struct exchange {
  endpoint where = endpoint::unknown;
  dialect speaks = dialect::openai;
  api_key* key = nullptr;                 ///< Null if the credential is not known.
  api_key::model_budget* model = nullptr; ///< Limits of the key for the model, if there are any.
  std::shared_ptr<const fault> broken;    ///< The fault that the request took, or null.
  std::uint64_t number = 0;               ///< Counts all requests but those of the control API.
  time_point arrived;
  bool in_flight = false; ///< Between api_key::begin and api_key::end.
};

/// What is to be sent. Reused from request to request to keep its memory.
struct reply {
  int status = 200;
  std::string lines; ///< Header lines of its own, each with its CRLF.
  std::string_view content_type;
  std::string body;
  std::optional<event_stream> stream; ///< Instead of the body.
  std::chrono::nanoseconds delay{0};
  std::string request_id; ///< Without the dialect's prefix.
  bool close_all = false; ///< Every connection is to be closed after this answer.

  void clear();
};

} // namespace keywheel::simulator

#pragma once

#include "tools/simulator/api_key.hpp"
#include "tools/simulator/event_stream.hpp"
#include "tools/simulator/request_head.hpp"

namespace keywheel::simulator {

enum class endpoint : std::uint8_t {
  chat_completions,
  completions,
  responses,
  embeddings,
  moderations,
  models,
  model,
  control, ///< Everything under /_sim/.
  unknown,
};

/// Which endpoint `path` (a target without its query) is.
endpoint endpoint_of(std::string_view path);

/// One request between its head and the last byte of its answer.
struct exchange {
  endpoint where = endpoint::unknown;
  api_key* key = nullptr;              ///< Null if the credential is not known.
  std::shared_ptr<const fault> broken; ///< The fault that the request took, or null.
  std::uint64_t number = 0;            ///< Counts all requests but those of the control API.
  time_point arrived;
  bool in_flight = false; ///< Between api_key::begin and api_key::end.
};

/// The texts of one request; views into the connection's input.
struct request_view {
  const request_head& head;
  std::string_view method;
  std::string_view target;
  std::string_view credential;
};

/// What is to be sent. Reused from request to request to keep its memory.
struct reply {
  int status = 200;
  std::string lines; ///< Header lines of its own, each with its CRLF.
  std::string_view content_type;
  std::string body;
  std::optional<event_stream> stream; ///< Instead of the body.
  std::chrono::nanoseconds delay{0};

  void clear();
};

} // namespace keywheel::simulator

#pragma once

#include "tools/simulator/body_scan.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"

namespace keywheel::simulator {

/// One granted request and what is to be said to it.
struct job {
  endpoint where;
  dialect speaks;
  std::string_view target;
  const scanned_body& body;
  const generation& made;
};

/// Whether the answers of `where` are text, so that max_tokens and the answer's length count.
bool writes_text(endpoint where);

/// What is wrong with the fields of `asked`, if they do not suit its endpoint.
std::optional<problem> mistake_in(const job& asked);

/// How the answer is streamed. Absent: it is not.
std::optional<event_stream::shape> stream_shape(const job& asked);

/// The content type of such a stream.
std::string_view stream_type(event_stream::shape form, dialect speaks);

/// Makes `result` the whole answer. @pre mistake_in(asked) has found nothing
void render(reply& result, const job& asked);

/// Makes `result` the list of models, or the one called `model`.
void render_models(reply& result, dialect speaks, const std::vector<std::string>& models);
void render_model(reply& result, dialect speaks, std::string_view model);

} // namespace keywheel::simulator

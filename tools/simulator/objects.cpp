#include "tools/simulator/openai/media.hpp"
#include "tools/simulator/provider.hpp"

/// What belongs to the organisation that made it (PROVIDERS section 9).
namespace keywheel::simulator {

namespace {

using kind = problem::kind;

/// How the ids of what is listed there begin.
std::string_view prefix_of(std::string_view collection, dialect speaks) {
  if (speaks == dialect::gemini)
    return collection == "files" ? "files/" : "cachedContents/";
  if (speaks == dialect::anthropic)
    return collection == "files" ? "file_" : "msgbatch_";
  return collection == "files" ? "file-" : "batch_";
}

/// What a vendor says of an id that the organisation does not have.
std::string missing_text(dialect speaks, std::string_view id) {
  std::string name{id};
  if (speaks == dialect::gemini)
    return id.starts_with("cachedContents/")
               ? "CachedContent not found (or permission denied)"
               : "You do not have permission to access the File " + name.substr(name.find('/') + 1)
                     + " or it may not exist.";
  if (speaks == dialect::anthropic)
    return (id.starts_with("msgbatch_") ? "Batch not found: " : "File not found: ") + name;
  if (id.starts_with("file-"))
    return "No such File object: " + name;
  if (id.starts_with("batch_"))
    return "No batch found with id '" + name + "'.";
  return (id.starts_with("conv_") ? "Conversation with id '" : "Response with id '") + name
         + "' not found.";
}

/// What OpenAI and Anthropic call a thing in the answer to its DELETE.
std::string_view word_for(std::string_view id) {
  if (id.starts_with("conv_"))
    return "conversation.deleted";
  return id.starts_with("resp_") ? "response" : "file";
}

void append_removed(std::string& out, dialect speaks, std::string_view id) {
  if (speaks == dialect::gemini)
    out += "{}";
  else if (speaks != dialect::anthropic)
    openai::append_deleted(out, id, word_for(id));
  else
    out.append(R"({"id":")")
        .append(id)
        .append(id.starts_with("msgbatch_") ? R"(","type":"message_batch_deleted"})"
                                            : R"(","type":"file_deleted"})");
}

} // namespace

void provider::answer_collection(const call& c, char* body, std::size_t size) {
  if (c.request.head.method == method::post)
    return create(c, body, size);
  auto collection = route_of(c.request.path(), c.request.head.anthropic_version).collection;
  auto all = things_.list(c.x.key->organization(), prefix_of(collection, c.x.speaks));
  if (c.x.speaks == dialect::gemini)
    c.result.body.append("{\"").append(collection).append("\":[").append(all).append("]}");
  else
    c.result.body = R"({"object":"list","data":[)" + all + R"(],"has_more":false})";
}

void provider::answer_kept(const call& c) {
  auto& owner = c.x.key->organization();
  auto id = route_of(c.request.path(), c.request.head.anthropic_version).name;
  auto& store = id.starts_with("resp_") ? responses_ : things_;
  if (store.find(id, owner) == nullptr) {
    refuse_object(c, id);
    return;
  }
  bool is_batch = id.starts_with("batch_") || id.starts_with("msgbatch_");
  if (c.request.head.method == method::remove) {
    append_removed(c.result.body, c.x.speaks, id);
    store.remove(id, owner);
    return;
  }
  if (is_batch)
    end_batch(c, id, c.x.where == endpoint::kept_cancel);
  if (c.x.where == endpoint::kept_part)
    answer_part(c, id, *store.find(id, owner));
  else
    c.result.body = store.find(id, owner)->json;
}

void provider::answer_part(const call& c, std::string_view id, const stored_object& of) {
  if (id.starts_with("resp_") || id.starts_with("conv_")) {
    c.result.body = R"({"object":"list","data":[],"has_more":false})";
  } else if (id.starts_with("msgbatch_")) {
    c.result.content_type = "application/x-jsonl";
  } else {
    c.result.content_type = "application/octet-stream";
    c.result.body = of.content;
  }
}

bool provider::refuse_object(const call& c, std::string_view id) {
  auto text = missing_text(c.x.speaks, id);
  return refuse(c, {kind::unknown_object, text, id.starts_with("file-") ? "id" : ""});
}

bool provider::knows_all(const call& c, const std::vector<std::string_view>& ids) {
  for (auto id : ids)
    if (things_.find(id, c.x.key->organization()) == nullptr)
      return !refuse_object(c, id);
  return true;
}

bool provider::knows_previous(const call& c, std::string_view id) {
  if (id.empty() || responses_.find(id, c.x.key->organization()) != nullptr)
    return true;
  refuse(c, {problem::kind::unknown_previous_response, id});
  return false;
}

/// Keeps what was generated, for who asks for it by its id.
void provider::remember_response(const call& c) {
  std::string json;
  append_response(json, generation_, generation_.cut ? "incomplete" : "completed");
  responses_.put("resp_" + generation_.id,
                 {c.x.key->organization(), std::move(json), {}, false, 0});
}

} // namespace keywheel::simulator

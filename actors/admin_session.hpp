#pragma once

#include "actors/admin.hpp"
#include "observe/event_feed.hpp"

namespace keywheel {

/// One client connection of the admin port.
class admin_state::session : public detail::session {
public:
  /// @param owner outlives the session
  session(admin_state& owner, caf::io::connection_handle connection);

  void on_lost() override;
  void on_head(http::request_head&& head, std::optional<std::size_t> declared) override;
  void on_body(std::string_view piece) override;
  void on_request() override;
  void on_bad_request(unsigned status, std::string_view message) override;

  /// Number of the request that is waiting for its answer; 0: none.
  std::uint64_t number = 0;

  /// Its answer is a stream of events.
  std::optional<observe::event_subscription> watching;

private:
  admin_state& owner_;
  observe::api_reader reader_;
};

} // namespace keywheel

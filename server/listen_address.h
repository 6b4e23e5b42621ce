// The address the service listens on.
#pragma once

#include <string>
#include <string_view>

namespace sceau::server {

// "127.0.0.1:50051", "[::1]:0", "localhost:50051": an address only this machine can reach, with a
// port (0: a free one).
bool IsLoopbackAddress(std::string_view listen);

}  // namespace sceau::server

// Where the service listens and a client looks for it.
#pragma once

#include <string_view>

namespace sceau::wire {

// "0.0.0.0:50051", "[::1]:0", "sceau.example:0": something and a port (0: a free one).
bool HasPort(std::string_view address);

// "127.0.0.1:50051", "[::1]:0", "localhost:50051": an address only this machine can reach, with a
// port (0: a free one).
bool IsLoopbackAddress(std::string_view address);

}  // namespace sceau::wire

// What a piece of code asks of the system and of OpenSSL, counted: the functions themselves are
// replaced in the program that links this, whoever calls them.
#pragma once

#include <cstdint>
#include <functional>

namespace sceau::test {

struct Work {
  int64_t opened = 0;            // files, by whatever name
  int64_t connected = 0;         // sockets
  int64_t read = 0;              // bytes
  int64_t digested = 0;          // bytes
  int64_t signature_checks = 0;  // values compared with a key
};

Work CountedWork(const std::function<void()>& run);

}  // namespace sceau::test

#include "tests/support/module_configuration.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

#include <cstring>

namespace sceau::test {

std::string UseModuleConfiguration(const std::string& folder) {
  constexpr const char* kPackaged = "/usr/share/p11-kit/modules";
  static bool mounted = false;
  // An earlier folder may be gone, and cannot be mounted upon.
  if (mounted) ::umount2(kPackaged, MNT_DETACH);
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount(folder.c_str(), kPackaged, nullptr, MS_BIND, nullptr) != 0) {
    return std::string("a mount namespace of its own: ") + std::strerror(errno);
  }
  mounted = true;
  return "";
}

}  // namespace sceau::test

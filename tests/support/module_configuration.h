// p11-kit's configured modules, replaced for this process and the programs it starts.
#pragma once

#include <string>

namespace sceau::test {

// From now on p11-kit finds the *.module files of `folder` where Debian's packages put theirs. Done
// in a mount namespace of its own, so call it before any thread. What stands in the way; empty:
// nothing, it is done.
std::string UseModuleConfiguration(const std::string& folder);

}  // namespace sceau::test

#include "contents/program/confinement.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>

#include "base/c_handle.h"

namespace sceau::contents {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct Limit {
  __rlimit_resource resource;
  rlim_t most;
  bool for_sanitizers;
};
constexpr Limit kLimits[] = {
    {RLIMIT_CORE, 0, true},           {RLIMIT_FSIZE, 0, true}, {RLIMIT_CPU, 10, true},  // seconds
    {RLIMIT_DATA, 512u << 20, false},                                                   // bytes
    {RLIMIT_NOFILE, 3, false},
};

// Memory, what is open already, the end. Everything else is refused, files and sockets first.
constexpr int kCalls[] = {
    SCMP_SYS(read),           SCMP_SYS(pread64),       SCMP_SYS(write),
    SCMP_SYS(writev),         SCMP_SYS(lseek),         SCMP_SYS(fstat),
    SCMP_SYS(close),          SCMP_SYS(brk),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),         SCMP_SYS(madvise),       SCMP_SYS(futex),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),    SCMP_SYS(getpid),
    SCMP_SYS(gettid),         SCMP_SYS(tgkill),        SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),      SCMP_SYS(sched_yield),
};

bool FilterCalls() {
  const CHandle<void, seccomp_release> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) return false;
  for (const int call : kCalls) {
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
  }
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    const scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, not_executable) != 0) return false;
  }
  return seccomp_load(filter.get()) == 0;
}

}  // namespace

bool Confine() {
  for (const Limit& limit : kLimits) {
    if (kSanitized && !limit.for_sanitizers) continue;
    const rlimit value{limit.most, limit.most};
    if (::setrlimit(limit.resource, &value) != 0) return false;
  }
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0 ||
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return false;
  }
  return kSanitized || FilterCalls();
}

}  // namespace sceau::contents

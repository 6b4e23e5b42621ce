#!/usr/bin/python3
"""A small client of Sceau: signs and verifies over gRPC, prints the reason of every refusal.

Needs Debian's python3-grpcio, python3-protobuf, protobuf-compiler and protobuf-compiler-grpc. Run
it with /usr/bin/python3: another python on the path may not have them.

    sceau_client.py --server 127.0.0.1:50051 sign IN OUT [--key NAME] [--role TEXT] ...
    sceau_client.py --server 127.0.0.1:50051 verify FILE
"""

import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import uuid

import grpc

CHUNK = 1 << 20  # bytes; the contract's limit
PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
TRIES = 4


def make_stubs(folder):
    """Compiles the contract into `folder` and makes it importable."""
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    subprocess.run(
        ["protoc", "-I", str(PROTO), f"--python_out={folder}", f"--grpc_python_out={folder}",
         "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", *files],
        check=True)
    sys.path.insert(0, str(folder))
    import google  # already a package of its own: google.rpc joins it
    google.__path__.append(str(pathlib.Path(folder) / "google"))


def describe(error):
    """The reason of a failed call and the error's fields (google.rpc.ErrorInfo)."""
    from google.rpc import error_details_pb2, status_pb2
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info) and info.domain == "sceau":
                return info.reason, dict(info.metadata)
    # Without ErrorInfo it was not the service that answered.
    unreachable = error.code() == grpc.StatusCode.UNAVAILABLE
    return "SERVICE_UNAVAILABLE" if unreachable else error.code().name, {"detail": error.details()}


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as document:
        while piece := document.read(CHUNK):
            digest.update(piece)
    return digest.digest()


def upload(path, request, header):
    """Header, chunks, end."""
    yield request(header=header)
    with open(path, "rb") as document:
        while piece := document.read(CHUNK):
            yield request(chunk=piece)
    yield request(end={})


def sign_once(channel, arguments, key):
    """One call. True when the signed document is at OUT; nothing is there otherwise."""
    from sceau.v1 import signing_pb2 as pb
    from sceau.v1 import signing_pb2_grpc
    selection = (pb.Selection(whole={}) if arguments.whole else
                 pb.Selection(listed={"refs": arguments.bordereau}) if arguments.bordereau else
                 pb.Selection(all={}))
    header = pb.SignHeader(
        idempotency_key=key,
        document={"size": os.path.getsize(arguments.input), "sha256": sha256_of(arguments.input)},
        parameters=pb.SignatureParameters(
            profile=arguments.profile, selection=selection, role=arguments.role,
            city=arguments.city, postal_code=arguments.postal_code, country=arguments.country,
            set_dematerialisee=arguments.set_dematerialisee),
        key=arguments.key)
    answers = signing_pb2_grpc.SigningServiceStub(channel).Sign(
        upload(arguments.input, pb.SignRequest, header), timeout=arguments.timeout)
    digest, size, trailer = hashlib.sha256(), 0, None
    folder = os.path.dirname(os.path.abspath(arguments.output))
    with tempfile.NamedTemporaryFile(dir=folder) as partial:
        for answer in answers:
            kind = answer.WhichOneof("message")
            if kind == "accepted":
                print("request", answer.accepted.request_id,
                      "(stored answer)" if answer.accepted.replayed else "")
            elif kind == "progress":
                print(f"signed {answer.progress.of} {answer.progress.done}/{answer.progress.total}")
            elif kind == "chunk":
                partial.write(answer.chunk)
                digest.update(answer.chunk)
                size += len(answer.chunk)
            elif kind == "trailer":
                trailer = answer.trailer
        # The document counts only with its trailer.
        if trailer is None or trailer.size != size or trailer.sha256 != digest.digest():
            return False
        partial.flush()
        os.fsync(partial.fileno())
        os.link(partial.name, arguments.output)  # fails when OUT exists: nothing is overwritten
    print("audit", trailer.audit_id)
    return True


def sign(channel, arguments):
    # One key per intended signing, kept for every retry: then nothing is ever signed twice.
    key = arguments.idempotency_key or str(uuid.uuid4())
    again = {"OVERLOADED", "TOKEN_BUSY", "TOKEN_UNAVAILABLE", "SERVICE_UNAVAILABLE",
             "IDEMPOTENCY_IN_PROGRESS"}
    for attempt in range(1, TRIES + 1):
        try:
            if sign_once(channel, arguments, key):
                return 0
            reason, fields = "ANSWER_INCOMPLETE", {}
        except grpc.RpcError as error:
            reason, fields = describe(error)
            if reason not in again:
                return fail(reason, fields)
        if attempt == TRIES:
            return fail(reason, fields)
        time.sleep(2 * attempt)
    return 1


def verify(channel, arguments):
    from sceau.v1 import verification_pb2 as pb
    from sceau.v1 import verification_pb2_grpc
    header = pb.VerifyHeader(document={"sha256": sha256_of(arguments.input)})
    summary = None
    try:
        for answer in verification_pb2_grpc.VerificationServiceStub(channel).Verify(
                upload(arguments.input, pb.VerifyRequest, header), timeout=arguments.timeout):
            kind = answer.WhichOneof("message")
            if kind == "signature":
                signature = answer.signature
                print(signature.of, pb.Indication.Name(signature.indication),
                      signature.sub_indication)
                for reason in signature.reasons:
                    print("  reason", reason.code, reason.detail)
            elif kind == "remarks":
                for element in answer.remarks.unsigned_elements:
                    print(element.of, "unsigned", pb.UnsignedWhy.Name(element.why))
            elif kind == "summary":
                summary = answer.summary
    except grpc.RpcError as error:
        return fail(*describe(error))
    if summary is None:
        return fail("ANSWER_INCOMPLETE", {})
    print(pb.Verdict.Name(summary.verdict).removeprefix("VERDICT_"), summary.refusal.reason)
    return 0 if summary.verdict == pb.VERDICT_TOTAL_PASSED else 1


def fail(reason, fields):
    print(reason, *(f"{name}={value}" for name, value in sorted(fields.items())), file=sys.stderr)
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="127.0.0.1:50051", metavar="HOST:PORT")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS")
    parser.add_argument("--stubs", metavar="DIR", help="where generated code goes; default: a "
                        "temporary folder")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("sign")
    verb.add_argument("input", metavar="IN")
    verb.add_argument("output", metavar="OUT")
    verb.add_argument("--whole", action="store_true")
    verb.add_argument("--bordereau", action="append", metavar="REF")
    verb.add_argument("--set-dematerialisee", action="store_true")
    for text in ("key", "profile", "role", "city", "postal-code", "country", "idempotency-key"):
        verb.add_argument(f"--{text}", default="")
    verb = verbs.add_parser("verify")
    verb.add_argument("input", metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        stubs = pathlib.Path(arguments.stubs or temporary)
        stubs.mkdir(parents=True, exist_ok=True)
        make_stubs(stubs)
        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(arguments.server, options=options) as channel:
            return {"sign": sign, "verify": verify}[arguments.verb](channel, arguments)


if __name__ == "__main__":
    sys.exit(main())

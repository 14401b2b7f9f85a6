"""What proves that code is not in a kernel, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.facts.kernels import ALWAYS_BUILT, Config, Kernel, Map
from longmark.core.facts.settlements import Rule

BUILT = (
    *ALWAYS_BUILT,
    "arch/arm/kernel/setup.c",
    "net/ipv4/tcp.c",
    "net/core/devlink.c",
    "drivers/net/can/vcan.c",
    "drivers/net/loopback.c",
    "fs/io_uring.c",
    "mm/memory.c",
    "drivers/spi/spi.c",
    "drivers/mtd/nand/raw/nand_base.c",
    "fs/smb/client/inode.c",
)
TREE = Map(
    3,
    {
        "net/ipv4/tcp.c": ((),),
        "mm/shmem.c": (("SHMEM",),),
        "drivers/net/can/slcan.c": (("CAN", "CAN_SLCAN"),),
        "drivers/usb/core/hub.c": (("USB",),),
        "kernel/sched/rt.c": (),
        "net/key/af_key.c": (("NET_KEY",), ("INET", "XFRM_USER")),
    },
    "5.10.120",
)
CONFIG = Config(2, frozenset(("CAN", "INET", "NET", "SHMEM")), "arm", "5.10.120")


def a_kernel(*more: str, configs: tuple[Config, ...] = (), maps: tuple[Map, ...] = ()) -> Kernel:
    return Kernel(compiled={1: (*BUILT, *more)}, configs=configs, maps=maps)


def proof(kernel: Kernel, *files: str) -> Rule | None:
    found = kernel.absence(files)
    return found.rule if found else None


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (("drivers/gpu/drm/amd/amdgpu/gfx_v9.c",), Rule.DIRECTORY_NOT_COMPILED),
        (("net/ipv4/tcp.c",), None),
        (("drivers/gpu/drm/radeon/r600.c", "net/ipv4/tcp.c"), None),
        (("drivers/gpu/drm/radeon/r600.c", "include/drm/drm.h"), None),
        (("drivers/mfd/x.c", "drivers/mfd/Kconfig"), Rule.DIRECTORY_NOT_COMPILED),
        (("drivers/gpu/drm/radeon/Kconfig",), None),
        ((), None),
        (("mm/shmem.c",), None),  # memory management is there, and code moves between its files
        (("drivers/net/can/slcan/slcan-core.c",), None),  # a driver of CAN is there, one above
        (("drivers/pci/setup.c",), None),  # a file of that name was compiled elsewhere
        (("arch/x86/kvm/vmx/vmx.c",), Rule.OTHER_ARCHITECTURE),
        (("arch/arm/mach-imx/gpc.c",), Rule.DIRECTORY_NOT_COMPILED),
        (("tools/perf/builtin-top.c",), None),
        (("arch/arm/boot/dts/imx6.dtsi",), None),
        (("io_uring/rw.c",), None),  # was fs/io_uring.c
        (("net/devlink/leftover.c",), None),  # was net/core/devlink.c
        (("fs/cifs/smb2ops.c",), None),  # is fs/smb/client/smb2ops.c
        (("drivers/net/wireless/intel/iwlwifi/mld/ap.c",), Rule.DIRECTORY_NOT_COMPILED),
        (("drivers/mtd/nand/raw/brcmnand/brcmnand.c",), None),  # of a family that is there
    ],
)  # fmt: skip
def test_a_list_alone_proves_what_nothing_near_it_contradicts(
    files: tuple[str, ...], rule: Rule | None
) -> None:
    assert proof(a_kernel(), *files) is rule


def test_a_list_that_is_not_whole_proves_nothing() -> None:
    kernel = Kernel(compiled={1: ("drivers/spi/spi.c", "init/main.c")})

    assert proof(kernel, "drivers/gpu/drm/radeon/r600.c") is None
    assert proof(kernel, "arch/x86/kvm/x86.c") is None


def test_with_the_tree_at_hand_the_file_itself_counts() -> None:
    kernel = a_kernel(maps=(TREE,))

    assert proof(kernel, "mm/shmem.c") is Rule.NOT_COMPILED
    assert proof(kernel, "drivers/net/can/slcan.c") is Rule.NOT_COMPILED


def test_what_the_tree_does_not_have_under_that_name_is_not_proven_absent() -> None:
    assert proof(a_kernel(maps=(TREE,)), "drivers/gpu/drm/radeon/r600.c") is None


def test_a_file_that_others_include_is_not_proven_absent_by_any_list() -> None:
    assert proof(a_kernel(maps=(TREE,)), "kernel/sched/rt.c") is None


def test_an_option_that_is_not_set_proves_it_without_any_list() -> None:
    kernel = Kernel(compiled={}, configs=(CONFIG,), maps=(TREE,))

    found = kernel.absence(["drivers/usb/core/hub.c"])

    assert found is not None
    assert found.rule is Rule.NOT_CONFIGURED
    assert found.detail == "drivers/usb/core/hub.c needs CONFIG_USB"
    assert found.documents == (2, 3)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("net/ipv4/tcp.c", None),  # needs nothing
        ("mm/shmem.c", None),  # its option is set
        ("drivers/net/can/slcan.c", Rule.NOT_CONFIGURED),  # one of two is set
        ("net/key/af_key.c", Rule.NOT_CONFIGURED),  # neither alternative is complete
        ("kernel/sched/rt.c", None),  # no rule is known
        ("drivers/new/file.c", None),  # not in this tree
    ],
)
def test_every_way_to_build_a_file_must_lack_an_option(path: str, rule: Rule | None) -> None:
    assert proof(Kernel(compiled={}, configs=(CONFIG,), maps=(TREE,)), path) is rule


def test_a_second_configuration_that_builds_the_file_keeps_it() -> None:
    other = Config(4, frozenset(("USB",)), "arm", "5.10.120")

    kernel = Kernel(compiled={}, configs=(CONFIG, other), maps=(TREE,))

    assert proof(kernel, "drivers/usb/core/hub.c") is None


def test_a_configuration_alone_proves_other_architectures_only() -> None:
    kernel = Kernel(compiled={}, configs=(CONFIG,))

    assert proof(kernel, "arch/x86/kernel/traps.c") is Rule.OTHER_ARCHITECTURE
    assert proof(kernel, "arch/arm/kernel/traps.c") is None
    assert proof(kernel, "drivers/usb/core/hub.c") is None


def test_64_bit_arm_is_built_from_the_code_of_32_bit_arm_too() -> None:
    config = Config(2, frozenset(), "arm64", "6.1")

    assert proof(Kernel(compiled={}, configs=(config,)), "arch/arm/xen/enlighten.c") is None


def test_the_weakest_proof_names_the_rule_of_a_record() -> None:
    kernel = a_kernel()

    assert proof(kernel, "arch/x86/kvm/x86.c", "drivers/gpu/drm/radeon/r600.c") is (
        Rule.DIRECTORY_NOT_COMPILED
    )


PATHS = st.sampled_from(
    [*BUILT, "drivers/gpu/drm/radeon/r600.c", "arch/x86/kvm/x86.c", "fs/xfs/xfs_inode.c",
     "include/linux/skbuff.h", "drivers/usb/core/hub.c"]
)  # fmt: skip


@given(st.sets(PATHS, min_size=1), st.sets(PATHS))
def test_compiling_more_never_proves_more_absent(files: set[str], more: set[str]) -> None:
    fewer, larger = a_kernel(), a_kernel(*more)

    if fewer.absence(files) is None:
        assert larger.absence(files) is None


@given(st.sets(PATHS, min_size=1))
def test_nothing_that_was_compiled_is_ever_proven_absent(files: set[str]) -> None:
    if files & set(BUILT):
        assert a_kernel().absence(files) is None

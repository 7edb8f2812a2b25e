"""Sentences about: channels, and the file that configures them."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "help.channel": ("渠道：查看与测试", "Channels: look, try"),
    "help.channel_list": ("列出各渠道及发送方式", "List channels and how letters are treated on each"),
    "help.channel_try": ("经某渠道发一条测试消息", "Send a test message by a channel"),
    "channels.invalid": (
        "{file} 第 {line} 行，{place}：{rule}。现值：{value}。",
        "{file}, line {line}, {place}: {rule}. Found: {value}.",
    ),
    "channels.inbox": ("系统收件箱（./cuntong inbox）", "your inbox (./cuntong inbox)"),
    "channels.cut": (
        "（篇幅所限，以上未列全。本次共 {count} 项，全部内容见：{where}）",
        "(Too long for this channel: not all is above. {count} item(s) in all, see {where})",
    ),
    "channels.rule.url": (
        "须为 https:// 开头的完整网址",
        "a whole address that begins with https:// is needed",
    ),
    "channels.rule.userinfo": (
        "网址中不得含用户名或口令，请改用 secret_file 或服务方给出的密钥网址",
        "no user name or password may stand in the address; use secret_file, or the address with a token that the service gives",
    ),
    "channels.rule.host": (
        "主机 {host} 不是规范的域名或 IP 地址，请改正",
        "{host} is no proper name or address of a host; correct it",
    ),
    "channels.rule.private": (
        "主机 {host} 是内网、本机或保留地址，不得发送；确需发往内网的，请把它列入 allow_private",
        "{host} is a private, local or reserved address, where letters may not go; name it in allow_private if it is meant",
    ),
    "channels.rule.plain": (
        "发往 {host} 必须使用 https://；确需明文的，请把它列入 allow_plain",
        "https:// is needed for {host}; name it in allow_plain if it has to go in the clear",
    ),
    "channels.rule.custom": (
        "custom 渠道不支持该地址，可用的服务见文档 docs/reference/channels.md",
        "no address that a custom channel takes; docs/reference/channels.md lists the services",
    ),
    "channels.rule.custom_host": (
        "自建服务的主机 {host} 须先列入 allow_private",
        "the host {host} of a service of your own must be named in allow_private",
    ),
    "channels.rule.reserved": (
        "email、file、inbox 为系统自带渠道，请换一个名称",
        "email, file and inbox are channels of the system itself; choose another name",
    ),
    "channels.rule.twice": ("渠道名称重复，请换一个名称", "another channel has this name; choose another one"),
    "channels.rule.one_url": (
        "url 与 url_file 须填且只填一项",
        "exactly one of url and url_file is needed",
    ),
    "channels.rule.open_file": (
        "该网址含密钥，而本文件可被他人读取。请改用 url_file，或执行 chmod 600 收紧权限",
        "this address holds a token, and others can read this file; use url_file, or chmod 600 the file",
    ),
    "channels.rule.open_secret": (
        "该文件可被他人读取或不归本用户所有。请执行 chmod 600",
        "others can read this file, or it is not ours; chmod 600 it",
    ),
    "channels.rule.no_file": (
        "文件无法读取，请核对路径（相对路径以本文件所在目录为准）",
        "this file cannot be read; check its path, which counts from the folder of the file of channels",
    ),
    "channels.rule.no_secret": (
        "文件为空或过大，应只含密钥（或网址）一行",
        "this file is empty or too large; it holds the secret, or the address, in one line",
    ),
    "channels.rule.many_secrets": (
        "密钥过多：webhook 和 sms 更换密钥期间最多两行，其余类型一行",
        "too many secrets: webhook and sms take two while one replaces the other, the other types one",
    ),
    "channels.rule.webhook_secret": (
        "密钥须为 Standard Webhooks 格式：whsec_ 加 base64，不少于 {fewest} 字节。可用 openssl rand -base64 32 生成",
        "the secret must be one of Standard Webhooks: whsec_ and base64 of {fewest} bytes or more; openssl rand -base64 32 makes one",
    ),
    "channels.rule.not_signed": (
        "该类型不签名，请删去 secret_file",
        "this type signs nothing; take secret_file out",
    ),
    "channels.rule.not_asked": (
        "该类型无法查询送达情况，请删去 status_url",
        "this type cannot be asked what became of a letter; take status_url out",
    ),
    "channels.rule.no_key": (
        "status_url 中须含 {{key}}，查询时代入消息编号",
        "status_url needs {{key}} in it, where the key of the letter goes",
    ),
    "channels.rule.reconcile": (
        "reconcile 须先填写 status_url；否则请选 retry、hold 或 drop",
        "reconcile needs a status_url; otherwise choose retry, hold or drop",
    ),
    "channels.none": (
        "没有渠道 {name}。现有：{known}。请检查渠道配置文件（CUNTONG_CHANNELS_FILE）。",
        "There is no channel {name}, only {known}. Look into the file of channels (CUNTONG_CHANNELS_FILE).",
    ),
    "channels.try_subject": ("村通测试消息", "A test of Cuntong"),
    "channels.try_text": (
        "这是村通发出的测试消息，用于检查渠道 {name} 是否畅通，无须处理。",
        "Cuntong sends this to see whether the channel {name} works. Nothing is to be done.",
    ),
    "channels.tried.taken": ("渠道 {name}：对方已接收。答复：{detail}", "{name}: taken over. Answer: {detail}"),
    "channels.tried.later": (
        "渠道 {name}：未接收，稍后可重试；多为网络、网址、密钥或频次问题。原因：{detail}",
        "{name}: not taken over, and worth another try once the network, address, secret or rate is put right: {detail}",
    ),
    "channels.tried.never": (
        "渠道 {name}：对方拒收，或收件地址不适用于该渠道。原因：{detail}",
        "{name}: refused for good, or the receiver's address does not fit the channel: {detail}",
    ),
    "channels.tried.unknown": (
        "渠道 {name}：已发出，但对方是否接收不明，请到对方处查看。原因：{detail}",
        "{name}: it left, and nobody can tell whether it arrived; look there: {detail}",
    ),
    "channels.unknown.retry": ("重发", "sent again"),
    "channels.unknown.reconcile": ("先查询，未收到再重发", "asked for first"),
    "channels.unknown.hold": ("由人处理", "held for a person"),
    "channels.unknown.drop": ("不再发", "not sent again"),
    "channels.yes": ("是", "yes"),
    "channels.no": ("否", "no"),
    "column.per_minute": ("每分钟上限", "A minute"),
    "column.unknown": ("结果不明时", "When unknown"),
    "column.most_unknown": ("最多重发", "Most repeats"),
    "column.keyed": ("能识别重复", "Folds repeats"),
}

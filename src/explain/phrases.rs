//! The catalogue of messages: every phrase of an explanation, in every language.
//!
//! Main types: [`Phrase`] and [`Language`]. A phrase without a translation does not compile. `{0}`, `{1}` stand for
//! what is filled in; where a bar parts two forms, the first is for one, by the last thing that is filled in.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, simplified.
    Chinese,
}

impl Language {
    /// Every language with its code, as in `--lang`.
    pub const ALL: &[(&str, Language)] = &[("en", Language::English), ("zh", Language::Chinese)];

    /// The language of a code.
    pub fn find(code: &str) -> Option<Language> {
        Language::ALL.iter().find(|(known, _)| *known == code).map(|(_, language)| *language)
    }

    /// A phrase in this language, filled in.
    pub(super) fn say(self, phrase: Phrase, values: &[&str]) -> String {
        let (english, chinese) = phrase.texts();
        let text = match self {
            Language::English => english,
            Language::Chinese => chinese,
        };
        let is_one = values.last() == Some(&"1");
        let text = match text.split_once('|') {
            Some((one, _)) if is_one => one,
            Some((_, many)) => many,
            None => text,
        };
        let filled = values.iter().enumerate();
        filled.fold(text.to_string(), |text, (at, value)| text.replace(&format!("{{{at}}}"), value))
    }
}

macro_rules! phrases {
    ($($name:ident $english:literal $chinese:literal)*) => {
        /// A phrase.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Phrase { $($name),* }

        impl Phrase {
            fn texts(self) -> (&'static str, &'static str) {
                match self { $(Phrase::$name => ($english, $chinese)),* }
            }

            #[cfg(test)]
            pub const ALL: &[Phrase] = &[$(Phrase::$name),*];
        }
    };
}

phrases! {
    On "on" "作用于"
    And " and " " 和 "
    Comma ", " "、"
    AtDefaults "at {0}" "当 {0}"
    Formula "in general {0}" "一般式 {0}"

    OneKernel "One kernel" "一个卷积核"
    KernelFlat "{0} wide, {1} channel deep|{0} wide, {1} channels deep" "大小 {0}，深 {1}"
    OneBias "one bias" "一个偏置"
    OutputChannels "{0} output channel|{0} output channels" "{0} 个输出通道"
    Groups "{0} groups: a kernel sees {1} of the {2} channels" "分为 {0} 组：一个卷积核只看 {2} 个通道中的 {1} 个"
    Dilated "{0} taps, {1} apart, span {2}" "{0} 个采样点，间隔 {1}，跨度 {2}"

    Positions "Positions" "位置"
    EachWay "{0} each way" "每个方向 {0}"
    AxisIs "axis {0}: {1}" "轴 {0}：{1}"
    LeadingAxes "over the leading axes {0}" "乘以前面的各轴 {0}"
    SameEverywhere "the same parameter is used at every one of them: parameter sharing|the same {0} parameters are used at every one of them: parameter sharing" "每个位置都使用同样的 {0} 个参数：这就是参数共享"
    OnePosition "there is only one: every parameter is used once, nothing is shared" "只有一个位置：每个参数只用一次，没有共享"
    OwnEverywhere "each of them has weights of its own: nothing is shared" "每个位置都有自己的权重：没有共享"
    Spread "each of them is spread over the output by the same kernel" "每个输入位置都经同一个卷积核展开到输出上"
    EveryToken "one for each entry of {0}" "{0} 的每一项各一个"

    WithoutIt "Without it" "若不共享"
    OwnWeights "each position with weights of its own" "每个位置各有一套权重"
    AndBiases "and biases" "连同偏置"
    TimesAsMany "{0}× as many" "为原来的 {0} 倍"
    AsDense "As one dense layer" "换成一个全连接层"
    FromTo "from {0} inputs to {1} outputs" "从 {0} 个输入到 {1} 个输出"

    Arithmetic "Arithmetic" "运算量"
    PositionsTimesWeights "{1} position × {0} weights|{1} positions × {0} weights" "{1} 个位置 × {0} 个权重"
    SharingOrNot "sharing or not: sharing saves memory, not multiplications" "共享与否都一样：共享节省的是存储，不是乘法"
    NoMacs "no multiply-accumulates" "没有乘加运算"
    ElementOperations "element operations" "逐元素运算"
    LookUpFree "a look-up multiplies nothing" "查表不做乘法"

    Weights "weights" "个权重"
    Parameters "parameter|parameters" "个参数"
    MultiplyAccumulates "multiply-accumulates" "乘加运算"
    Macs "MACs" "次乘加 (MAC)"
    WeightsLabel "Weights" "权重"
    Biases "bias|biases" "个偏置"
    OneForEachOutput "and one for each output" "每个输出一个"
    InputsToOutputs "{0} inputs to each of {1} outputs" "{0} 个输入连到 {1} 个输出中的每一个"
    RowsOfWidth "{0} rows, {1} wide" "{0} 行，每行 {1} 个数"
    LookedUp "the table is read at each of them: short for a linear layer on one-hot vectors" "每个位置查一次表：相当于作用于独热向量的线性层"
    LookedUpInOrder "looked up in order, each row is read at most once: nothing is shared" "按顺序查表，每行至多读一次：没有共享"
    Frozen "frozen: they are not trained" "已冻结：不参与训练"
    StoresNothing "it stores nothing, so there is nothing to share" "不存储任何参数，也就无所谓共享"
    Buffers "and {0} numbers that are stored but not learned" "另有 {0} 个存储但不学习的数"

    UsesLabel "Uses" "使用次数"
    UsesEach "of each element, for one sample" "每个元素，每个样本"
    UsesOf "uses of each element of {0}" "{0} 每个元素的使用次数"
    StepsPositions "{0} steps at each of {1} positions" "{1} 个位置，各 {0} 步"
    Steps "{0} step of time|{0} steps of time" "{0} 个时间步"
    OverTime "the same weights at every step: sharing over time" "每一步使用同样的权重：这是随时间的共享"
    Uneven "of the most used element; the least used: {0}" "指用得最多的元素；用得最少的为 {0} 次"

    SharingLabel "Sharing" "参数共享"
    AtPlace "at {0}" "在 {0}"
    MorePlaces "at one more place|at {0} more places" "在另外 {0} 处"
    OneSet "one set of weights, stored once and used at {0} places" "同一套权重只存一份，在 {0} 处使用"
    AlsoCalled "{0} is also called {1}: tied, stored once" "{0} 又名 {1}：权重绑定，只存一份"
    Shared "shared" "共享"
    Unshared "used at most once" "未共享（只用一次）"
    ByPosition "at more than one position" "用于多个位置"
    ByTime "over the steps of a recurrence" "随时间步共享"
    ByCallSite "at more than one place" "在多处调用"
    ByTie "under more than one name" "以多个名字绑定"
    WithoutSharing "every use with weights of its own" "若不共享"
    Gross "counted once for every name" "每个名字各计一次"
    Trainable "trainable" "可训练"
    Active "active for each token" "每个词元激活的参数"

    Products "Products" "乘积"
    Scores "{0} heads, {1} queries, {2} keys" "{0} 个头，{1} 个查询，{2} 个键"
    ScoresUnit "scores" "个得分"
    QueriesKeys "queries × keys and scores × values" "查询 × 键，得分 × 值"
    Masked "of these, what the mask leaves" "其中掩码留下的"
    ByWeights "by the weights" "由权重完成"

    Field "Receptive field" "感受野"
    FieldIs "a position sees {0} of the input; its neighbour, a step of {1} further" "一个位置看到输入的 {0}；相邻位置相距 {1}"
    FieldAll "every position sees the whole input" "每个位置都看到整个输入"

    Inside "Inside" "内部"
    Nothing "one layer stores nothing|{0} layers store nothing" "{0} 层没有参数"
    AboveWeights "the weights of {0}, counted there" "使用 {0} 的权重，已在彼处计入"
    Memory "Memory" "存储"
    AsFloat "as float32" "以 float32 存储"
    Activations "activations, peak" "激活值峰值"
    ActivationsKept "activations, all kept for training" "激活值，训练时全部保留"
    Flops "FLOPs, two to a MAC" "次浮点运算 (FLOP)，每次乘加计两次"

    AboutGates "{0} gates, each a linear layer of the input and one of the state" "{0} 个门，各有一个作用于输入、一个作用于状态的线性层"
    AboutOneGate "the new state: a linear layer of the input and one of the state" "新状态由一个作用于输入、一个作用于状态的线性层算出"
    AboutNorm "a learned scale, and for most a shift, beside the statistics" "除统计量外，还学习缩放，通常也学习平移"
    AboutAttention "queries, keys and values are linear layers of the tokens; a last one joins the heads" "查询、键、值都是词元的线性层，最后一个线性层合并各头"
    AboutTransformer "attention and a feed-forward network, each with a norm" "注意力与前馈网络，各带一个归一化"
    AboutProducts "attention without weights: it only compares and mixes what it is sent" "不带权重的注意力：只比较并混合输入"
    AboutPooling "a window that takes the largest or the mean: nothing to learn" "窗口取最大值或平均值：无需学习"
    AboutPointwise "a fixed function of each entry by itself" "逐个元素的固定函数"
    AboutDropout "it leaves out at random while training, and does nothing afterwards" "训练时随机丢弃，推理时不起作用"
    AboutShape "it only arranges what it is sent in another way" "只改变排列方式"
    AboutMerging "it joins tensors entry by entry" "逐元素合并张量"
    AboutSeparable "a kernel for each channel, then 1 × 1 kernels that mix the channels" "先每个通道一个卷积核，再用 1 × 1 卷积核混合通道"
    AboutExperts "a router sends each position to some experts only" "路由器只把每个位置送往部分专家"
    AboutBilinear "every output reads every product of two inputs" "每个输出读取两个输入的每个乘积"
    AboutParam "a tensor of its own, used where it is read" "独立的可学习张量，在读取处使用"
    AboutMatMul "a product of two tensors; what is learned in it belongs to a parameter" "两个张量的乘积；其中可学习的部分属于参数"
    AboutPositional "a fixed function of the position" "位置的固定函数"
    AboutBias "one learned number for each head and group of distances" "每个头、每组距离一个可学习的数"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(text: &str) -> Vec<char> {
        let mut holes: Vec<char> = text.split('{').skip(1).filter_map(|rest| rest.chars().next()).collect();
        holes.sort_unstable();
        holes.dedup();
        holes
    }

    #[test]
    fn both_languages_are_filled_with_the_same() {
        for phrase in Phrase::ALL {
            let (english, chinese) = phrase.texts();
            for form in english.split('|') {
                let all_told =
                    holes(form) == holes(chinese) || form == english.split('|').next().unwrap_or("");
                assert!(all_told, "{english} / {chinese}");
            }
            assert!(!chinese.is_ascii() || english == chinese, "{english} is not translated");
        }
    }

    #[test]
    fn one_and_many_have_forms_of_their_own() {
        assert_eq!(Language::English.say(Phrase::OutputChannels, &["1"]), "1 output channel");
        assert_eq!(Language::English.say(Phrase::OutputChannels, &["64"]), "64 output channels");
        assert_eq!(Language::Chinese.say(Phrase::OutputChannels, &["64"]), "64 个输出通道");
    }
}
